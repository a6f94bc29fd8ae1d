import { z } from 'zod';
import { groupBy } from '../group-by.js';
import { dimensionName } from '../query/filters/filter-schema.js';
import { eventMatchSchema, matchEvent } from './event-match.js';
import { joinDimension } from './join-dimension.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

const maxWindowSeconds = 366 * 86_400;

const parameters = z.strictObject({
  steps: z.array(eventMatchSchema).min(2).max(10),
  /** Seconds from the first step to the last. */
  window: z.coerce.number().int().min(1).max(maxWindowSeconds).default(86_400),
  order: z.enum(['loose', 'strict']).default('loose'),
  unit: z.enum(['visitor', 'session']).default('visitor'),
  breakdown: dimensionName.optional(),
});

type Parameters = z.infer<typeof parameters>;
type Row = {
  is_total: boolean;
  value: string | null;
  step: number;
  reached: number;
  median_seconds: number | null;
  mean_seconds: number | null;
};

const stepsSchema = z.array(
  z.object({
    page: z.string().optional(),
    event: z.string().optional(),
    goal: z.string().optional(),
    reached: z.int(),
    dropped: z.int(),
    conversion_rate: z.number().nullable(),
    step_rate: z.number().nullable(),
    median_seconds: z.number().nullable(),
    mean_seconds: z.number().nullable(),
  }),
);
const answer = z.object({
  steps: stepsSchema,
  breakdown: z.array(z.object({ value: z.string().nullable(), steps: stepsSchema })).optional(),
});

/** How many visitors (or sessions) do the first step, then the second, and so on, and where they stop. */
export const funnels = defineReport({
  path: 'funnels',
  parameters,
  answer,
  definitions: {
    reached:
      'units that did the steps up to this one in order, this one at most the window after the first; where a unit does the first step several times, any of them may lead here',
    loose: 'between two steps there may be other events',
    strict: 'between two steps there is no other pageview and no custom event',
    conversion_rate: 'percent of the units of the first step',
    step_rate: 'percent of the units of the step before',
    dropped: 'units of this step that did not reach the next',
    seconds: 'from the step before, at its latest, to the first time that this step was reached',
    breakdown: 'value when the unit did the first step for the first time',
  },
  async read(tx, scope, parameters) {
    const sql = toSql(scope, parameters);
    const rows = await tx.query<Row>(sql, scope.parameters.values);
    const total = rows.filter((row) => row.is_total);
    const values = [
      ...groupBy(
        rows.filter((row) => !row.is_total),
        ({ value }) => value,
      ),
    ]
      .map(([value, ofValue]) => ({ value, steps: describeSteps(parameters, ofValue) }))
      .sort((a, b) => (b.steps[0]?.reached ?? 0) - (a.steps[0]?.reached ?? 0))
      .slice(0, scope.limit);
    const steps = describeSteps(parameters, total);
    return parameters.breakdown === undefined ? { steps } : { steps, breakdown: values };
  },
});

function describeSteps({ steps }: Parameters, rows: Row[]) {
  const found = steps.map((_, index) => rows.find(({ step }) => step === index + 1));
  const reached = found.map((row) => row?.reached ?? 0);
  return steps.map((match, index) => ({
    ...match,
    reached: reached[index] ?? 0,
    dropped: index + 1 < steps.length ? (reached[index] ?? 0) - (reached[index + 1] ?? 0) : 0,
    conversion_rate: rate(reached[index] ?? 0, reached[0] ?? 0),
    step_rate: rate(reached[index] ?? 0, reached[Math.max(0, index - 1)] ?? 0),
    median_seconds: found[index]?.median_seconds ?? null,
    mean_seconds: found[index]?.mean_seconds ?? null,
  }));
}

const units = {
  // Eight bytes to sort instead of forty; the rollups tell visitors apart in the same way.
  visitor: 'hashtextextended(e.visitor_id, 0)',
  session: 'e.session_id',
};

// One sort by unit and time serves all steps: each looks back at the latest start that reached the step before.
function toSql(scope: Scope, { steps, window, order, unit, breakdown }: Parameters): string {
  const { bind } = scope.parameters;
  const matches = steps.map((match) => matchEvent('e', match, scope));
  const others = order === 'strict' ? [`e.type in ('pageview', 'custom')`] : [];
  const dimension = joinDimension(scope, breakdown);
  const limit = `make_interval(secs => ${bind(window, 'float8')})`;
  const later = steps.slice(1).map((_, index) => index + 2);
  return `/* funnels.read */
    with hits as materialized (
      select ${units[unit]} as unit, e.occurred_at as at, e.event_id as id,
        ${dimension.sql} as value, ${matches.map((match, index) => `${match} as is_${index + 1}`).join(', ')}
      from ${scope.events('e')} ${dimension.join}
      where ${scope.eventIn('e')} and e.${unit}_id is not null and (${[...matches, ...others].join(' or ')})
    ),
    -- Most units never do the second step: only those that do are sorted.
    going_on as (select unit from hits group by unit having bool_or(is_1) and bool_or(is_2)),
    step_1 as (
      select h.*, case when is_1 then at end as start_1 from hits h where unit in (select unit from going_on)
    ),
    ${later.map((step) => stepSql(step, { limit, order })).join(',\n    ')},
    starts as (${breakdown === undefined ? 'select distinct unit from hits where is_1' : startsSql}),
    reached as (
      select 1 as step, unit, null::float8 as seconds from starts
      ${later.map((step) => reachedSql(step, steps.length)).join('\n      ')}
    )
    select true as is_total, null as value, ${countsSql} from reached r group by r.step
    ${breakdown === undefined ? '' : breakdownSql}`;
}

const startsSql = 'select distinct on (unit) unit, value from hits where is_1 order by unit, at, id';
const countsSql = `r.step, count(*) as reached,
      percentile_cont(0.5) within group (order by r.seconds) as median_seconds, avg(r.seconds) as mean_seconds`;

const breakdownSql = `union all
    select false, s.value, ${countsSql} from reached r join starts s on s.unit = r.unit group by s.value, r.step`;

function stepSql(step: number, { limit, order }: { limit: string; order: Parameters['order'] }): string {
  const before = `start_${step - 1}`;
  const isStrict = order === 'strict';
  const start = isStrict ? `lag(${before}) over steps` : `max(${before}) over earlier`;
  const beforeAt = isStrict
    ? 'lag(at) over steps'
    : `max(case when ${before} is not null then at end) over earlier`;
  return `step_${step} as (
      select s.*, case when is_${step} and at - ${start} <= ${limit} then ${start} end as start_${step},
        case when is_${step} and at - ${start} <= ${limit} then ${beforeAt} end as before_${step}
      from step_${step - 1} s
      window steps as (partition by unit order by at, id),
        earlier as (steps rows between unbounded preceding and 1 preceding)
    )`;
}

// The first time that a unit reached the step.
function reachedSql(step: number, last: number): string {
  return `union all
      (select distinct on (unit) ${step}, unit, extract(epoch from at - before_${step})::float8
       from step_${last} where start_${step} is not null order by unit, at, id)`;
}
