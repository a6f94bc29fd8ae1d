import { z } from 'zod';
import { findDimension } from '../query/catalog/dimensions.js';
import { dimensionName } from '../query/filters/filter-schema.js';
import { Refusal } from '../refusal.js';
import { eventMatchSchema, matchEvent } from './event-match.js';
import { defineReport, type Scope } from './report.js';

const halfLifeDays = 7;

const parameters = z.strictObject({
  /** What is attributed: a page, an event or a goal. */
  conversion: eventMatchSchema,
  dimension: dimensionName.default('visit:channel'),
  /** Days before a conversion in which visits take part. */
  lookback_days: z.coerce.number().int().min(1).max(365).default(30),
});

type Row = {
  value: string | null;
  touchpoints: number;
} & Record<`${'credit' | 'revenue'}_${Model}`, number>;

const models = {
  first: 'case when place = 1 then 1.0 else 0 end',
  last: 'case when place = length then 1.0 else 0 end',
  linear: '1.0 / length',
  position: `case when length = 1 then 1.0 when length = 2 then 0.5
        when place in (1, length) then 0.4 else 0.2 / (length - 2) end`,
  time_decay: 'decay / sum(decay) over (partition by conversion)',
};
type Model = keyof typeof models;
const modelNames = Object.keys(models) as Model[];

const credit = z.object({
  first: z.number(),
  last: z.number(),
  linear: z.number(),
  position: z.number(),
  time_decay: z.number(),
});
const answer = z.object({
  conversions: z.int(),
  unattributed: z.int(),
  lookback_days: z.int(),
  half_life_days: z.int(),
  results: z.array(z.object({ value: z.string().nullable(), touchpoints: z.int(), credit, revenue: credit })),
});

/** Which sources the visits before a conversion came from, and what part of it five models give to each. */
export const attribution = defineReport({
  path: 'attribution',
  parameters,
  answer,
  definitions: {
    conversion: 'every event in the range that matches, each by itself',
    touchpoints:
      'visits of the same visitor that started at most lookback_days before the conversion and not after it',
    first: 'all to the first touchpoint; last: all to the last; linear: the same to each',
    position: '40 % to the first, 40 % to the last, 20 % to those between; half each of two',
    time_decay: `half as much for every ${halfLifeDays} days before the conversion`,
    revenue: 'the same parts of the value of the event, in whatever currency it is',
    unattributed: 'conversions without a visit in the lookback: they are in no row',
    identity: 'a cookieless visitor has another id each UTC day: earlier visits are not known',
  },
  async read(tx, scope, parameters) {
    const sql = toSql(scope, parameters);
    const rows = await tx.query<Row & { conversions: number; attributed: number }>(
      sql,
      scope.parameters.values,
    );
    const { conversions = 0, attributed = 0 } = rows[0] ?? {};
    return {
      conversions,
      unattributed: conversions - attributed,
      lookback_days: parameters.lookback_days,
      half_life_days: halfLifeDays,
      results: rows
        .filter(({ touchpoints }) => touchpoints !== null)
        .map(({ conversions: _, attributed: __, ...row }) => describe(row)),
    };
  },
});

function describe(row: Row) {
  const of = (what: 'credit' | 'revenue') =>
    Object.fromEntries(modelNames.map((model) => [model, row[`${what}_${model}`]]));
  return { value: row.value, touchpoints: row.touchpoints, credit: of('credit'), revenue: of('revenue') };
}

function toSql(scope: Scope, { conversion, dimension, lookback_days }: z.infer<typeof parameters>): string {
  const { bind } = scope.parameters;
  const found = findDimension(dimension);
  if (found.of !== 'visit')
    throw new Refusal(400, 'bad_query', 'dimension: expected a dimension of visits (visit:…)', {
      path: 'dimension',
      expected: 'visit:channel, visit:source, visit:utm_campaign, …',
    });
  const sums = modelNames.flatMap((model) => [
    `sum(${model})::float8 as credit_${model}`,
    `coalesce(sum(${model} * worth), 0)::float8 as revenue_${model}`,
  ]);
  return `/* attribution.read */
    with conversions as materialized (
      select e.event_id as conversion, e.visitor_id, e.occurred_at as at, e.value as worth
      from ${scope.events('e')} where ${scope.eventIn('e')} and ${matchEvent('e', conversion, scope)}
    ),
    touchpoints as (
      select c.conversion, c.worth, ${found.sql('s', scope.parameters)} as value,
        row_number() over visits as place, count(*) over (partition by c.conversion) as length,
        power(0.5, extract(epoch from c.at - s.started_at) / (86400 * ${halfLifeDays})) as decay
      from conversions c join footfall.sessions s on s.site = ${bind(scope.site, 'text')} and s.visitor_id = c.visitor_id
        and s.entry_rank < 2 and not s.is_bot
        and s.started_at between c.at - make_interval(days => ${bind(lookback_days, 'integer')}) and c.at
      window visits as (partition by c.conversion order by s.started_at, s.session_id)
    ),
    credits as (select *, ${modelNames.map((model) => `${models[model]} as ${model}`).join(', ')} from touchpoints),
    results as (
      select value, count(*) as touchpoints, ${sums.join(', ')}
      from credits group by value order by credit_linear desc, value limit ${bind(scope.limit, 'integer')}
    )
    select t.*, r.* from (
      select (select count(*) from conversions) as conversions, (select count(distinct conversion) from touchpoints) as attributed
    ) as t left join results r on true`;
}
