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

/** How many visitors (or sessions) do the first step, then the second, and so on, and where they stop. */
export const funnels = defineReport({
  path: 'funnels',
  parameters,
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

// One sort by unit and time serves all steps: each looks back at the latest start that reached the step before.
function toSql(scope: Scope, { steps, window, order, unit, breakdown }: Parameters): string {
  const { bind } = scope.parameters;
  const numbers = steps.map((_, index) => index + 1);
  const matches = steps.map((match) => matchEvent('e', match, scope));
  const others = order === 'strict' ? [`e.type in ('pageview', 'custom')`] : [];
  const dimension = joinDimension(scope, breakdown);
  const seconds = `make_interval(secs => ${bind(window, 'float8')})`;
  const laterSteps = numbers.slice(1).map((step) => stepSql(step, { seconds, order }));
  return `/* funnels.read */
    with hits as materialized (
      select ${unit === 'visitor' ? 'e.visitor_id' : 'e.session_id'} as unit, e.occurred_at as at, e.event_id as id,
        ${dimension.sql} as value, ${matches.map((match, index) => `${match} as is_${index + 1}`).join(', ')}
      from ${scope.events('e')} ${dimension.join}
      where ${scope.eventIn('e')} and (${[...matches, ...others].join(' or ')})
    ),
    step_1 as (select h.*, case when is_1 then at end as start_1 from hits h where unit is not null),
    ${laterSteps.join(',\n    ')},
    units as (
      select (array_agg(value order by at, id) filter (where is_1))[1] as value,
        ${numbers.map(reachedSql).join(',\n        ')}
      from step_${steps.length} group by unit
    )
    select ${breakdown === undefined ? 'true as is_total, null as value' : 'grouping(u.value) = 1 as is_total, u.value'}, s.step, count(*) as reached,
      percentile_cont(0.5) within group (order by s.seconds) as median_seconds, avg(s.seconds) as mean_seconds
    from units u cross join lateral (
      values ${numbers.map((step) => `(${step}, u.has_${step}, u.seconds_${step})`).join(', ')}
    ) as s (step, is_reached, seconds)
    where s.is_reached
    group by ${breakdown === undefined ? 's.step' : 'grouping sets ((s.step), (s.step, u.value))'}`;
}

function stepSql(step: number, { seconds, order }: { seconds: string; order: Parameters['order'] }): string {
  const before = `start_${step - 1}`;
  const start = order === 'strict' ? `lag(${before}) over units` : `max(${before}) over earlier`;
  const beforeAt =
    order === 'strict'
      ? 'lag(at) over units'
      : `max(case when ${before} is not null then at end) over earlier`;
  return `step_${step} as (
      select s.*, case when is_${step} and at - ${start} <= ${seconds} then ${start} end as start_${step},
        case when is_${step} and at - ${start} <= ${seconds} then ${beforeAt} end as before_${step}
      from step_${step - 1} s
      window units as (partition by unit order by at, id),
        earlier as (partition by unit order by at, id rows between unbounded preceding and 1 preceding)
    )`;
}

function reachedSql(step: number): string {
  if (step === 1) return 'bool_or(is_1) as has_1, null::float8 as seconds_1';
  return `bool_or(start_${step} is not null) as has_${step},
        (array_agg(extract(epoch from at - before_${step})::float8 order by at, id)
          filter (where start_${step} is not null))[1] as seconds_${step}`;
}
