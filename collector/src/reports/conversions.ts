import { z } from 'zod';
import type { Transaction } from '../db/database.js';
import { groupBy } from '../group-by.js';
import { reachedSql } from '../query/filters/compile-filters.js';
import { dimensionName } from '../query/filters/filter-schema.js';
import type { Goal } from '../query/goals.js';
import { Refusal } from '../refusal.js';
import { joinDimension } from './join-dimension.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

const maxGoals = 100;
const parameters = z.strictObject({ breakdown: dimensionName.optional() });

/** A null goal is the population; a total is over all values. */
type Row = {
  goal: string | null;
  is_total: boolean;
  value: string | null;
  conversions: number;
  visitors: number;
};
type Money = Pick<Row, 'goal' | 'is_total' | 'value'> & { currency: string; sum: number };

const counts = {
  conversions: z.int(),
  visitors: z.int(),
  conversion_rate: z.number().nullable(),
  revenue: z.record(z.string(), z.number()).describe('By currency'),
};
const answer = z.object({
  visitors: z.int(),
  goals: z.array(
    z.object({
      name: z.string(),
      page: z.string().optional(),
      event: z.string().optional(),
      ...counts,
      breakdown: z.array(z.object({ value: z.string().nullable(), ...counts })).optional(),
    }),
  ),
});

/** How often each goal of the site was reached, by how many of the visitors, and what that was worth. */
export const conversions = defineReport({
  path: 'conversions',
  parameters,
  answer,
  definitions: {
    conversions: 'events that reach the goal',
    visitors: 'distinct visitors who reached it; above the goals: all visitors of the range and the filters',
    conversion_rate:
      'visitors who reached it in percent of all visitors of the same range, filters and value',
    revenue: 'by currency: values of the events, or of the goal where an event has none',
  },
  async read(tx, scope, { breakdown }) {
    const { goals } = scope;
    if (goals.length > maxGoals)
      throw new Refusal(422, 'too_many_goals', `goals: expected at most ${maxGoals}, got ${goals.length}`);
    const { join, sql } = joinDimension(scope, breakdown);
    const dimension: Dimension = { join, value: sql, isSplit: breakdown !== undefined };
    const population = await readPopulation(tx, scope, dimension);
    const visitorsOf = new Map(population.map((row) => [keyOf(row), row.visitors]));
    const reached = goals.length > 0 ? await readReached(tx, scope, dimension) : { rows: [], money: [] };
    return {
      visitors: visitorsOf.get('total') ?? 0,
      goals: goals.map((goal) => describeGoal(goal, { ...reached, visitorsOf, scope, dimension })),
    };
  },
});

type Dimension = { join: string; value: string; isSplit: boolean };
type Reached = { rows: Row[]; money: Money[] };

function keyOf({ is_total, value }: { is_total: boolean; value: string | null }): string {
  return is_total ? 'total' : JSON.stringify(value);
}

function describeGoal(
  { name, kind, pattern }: Goal,
  {
    rows,
    money,
    visitorsOf,
    scope,
    dimension,
  }: Reached & { visitorsOf: Map<string, number>; scope: Scope; dimension: Dimension },
) {
  const revenueOf = groupBy(
    money.filter(({ goal }) => goal === name),
    keyOf,
  );
  const describe = ({ conversions, visitors, ...row }: Row) => ({
    conversions,
    visitors,
    conversion_rate: rate(visitors, visitorsOf.get(keyOf(row)) ?? 0),
    revenue: Object.fromEntries(
      (revenueOf.get(keyOf(row)) ?? []).map(({ currency, sum }) => [currency, sum]),
    ),
  });
  const own = rows.filter(({ goal }) => goal === name);
  const none: Row = { goal: name, is_total: true, value: null, conversions: 0, visitors: 0 };
  const values = own
    .filter(({ is_total }) => !is_total)
    .sort((a, b) => b.visitors - a.visitors || (String(a.value) < String(b.value) ? -1 : 1))
    .slice(0, scope.limit);
  return {
    name,
    [kind]: pattern,
    ...describe(own.find(({ is_total }) => is_total) ?? none),
    ...(dimension.isSplit && { breakdown: values.map((row) => ({ value: row.value, ...describe(row) })) }),
  };
}

// Grouping by visitor first is done by several workers; count(distinct …) would sort all events in one.
function readPopulation(tx: Transaction, scope: Scope, { join, value, isSplit }: Dimension): Promise<Row[]> {
  const from = `from ${scope.events('e')} ${join} where ${scope.eventIn('e')} and e.visitor_id is not null`;
  const byValue = `
     union all
     select false, value, count(*)
     from (select ${value} as value, e.visitor_id ${from} group by 1, 2) as v group by value`;
  return tx.query<Row>(
    `/* conversions.readPopulation */
     select true as is_total, null as value, count(*) as visitors
     from (select e.visitor_id ${from} group by e.visitor_id) as v ${isSplit ? byValue : ''}`,
    scope.parameters.values,
  );
}

async function readReached(tx: Transaction, scope: Scope, dimension: Dimension): Promise<Reached> {
  const { bind, values } = scope.parameters;
  const conditions = scope.goals.map((goal) => ({
    name: bind(goal.name, 'text'),
    condition: reachedSql(goal, 'e', scope.parameters),
  }));
  const names = conditions.map(({ name, condition }) => `case when ${condition} then ${name} end`);
  const reached = `hits as (
       select e.visitor_id, e.value as worth, e.currency, ${dimension.value} as value, array[${names.join(', ')}] as goals
       from ${scope.events('e')} ${dimension.join}
       where ${scope.eventIn('e')} and (${conditions.map(({ condition }) => condition).join(' or ')})
     ),
     reached as materialized (
       select h.visitor_id, h.value, g.name as goal, coalesce(h.worth, w.value) as worth,
         coalesce(case when h.worth is not null then h.currency end, w.currency, s.currency) as currency
       from hits h cross join lateral unnest(h.goals) as g (name)
         join footfall.goals w on w.site = ${bind(scope.site, 'text')} and w.name = g.name
         join footfall.sites s on s.site = w.site
     )`;
  const rows = await tx.query<Row & Money>(
    `/* conversions.readReached */
     with ${reached}
     select goal, grouping(value) = 1 as is_total, value, count(*) as conversions,
       count(distinct visitor_id) as visitors, null as currency, null::float8 as sum
     from reached group by grouping sets ((goal), (goal, value))
     union all
     select goal, grouping(value) = 1, value, 0, 0, currency, sum(worth)::float8
     from reached where worth is not null group by grouping sets ((goal, currency), (goal, value, currency))
     order by currency`,
    values,
  );
  return { rows: rows.filter(({ sum }) => sum === null), money: rows.filter(({ sum }) => sum !== null) };
}
