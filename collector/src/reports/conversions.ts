import { z } from 'zod';
import { reachedSql } from '../query/filters/compile-filters.js';
import { dimensionName } from '../query/filters/filter-schema.js';
import { Refusal } from '../refusal.js';
import { joinDimension } from './join-dimension.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

type Row = {
  goal: string | null;
  value: string | null;
  is_total: boolean;
  conversions: number;
  visitors: number;
  revenue: Record<string, number> | null;
};

const parameters = z.strictObject({ breakdown: dimensionName.optional() });

/** How often each goal of the site was reached, by how many of the visitors, and what that was worth. */
export const conversions = defineReport({
  path: 'conversions',
  parameters,
  definitions: {
    conversions: 'events that reach the goal',
    visitors: 'distinct visitors who reached it',
    conversion_rate:
      'visitors who reached it in percent of all visitors of the same range, filters and value',
    revenue: 'by currency: values of the events, or of the goal where an event has none',
  },
  async read(tx, scope, { breakdown }) {
    if (scope.goals.length === 0) return { visitors: null, goals: [] };
    const rows = await tx.query<Row>(toSql(scope, breakdown), scope.parameters.values);
    const populations = new Map(
      rows.filter(({ goal }) => goal === null).map((row) => [keyOf(row), row.visitors]),
    );
    const describe = (row: Row) => ({
      conversions: row.conversions,
      visitors: row.visitors,
      conversion_rate: rate(row.visitors, populations.get(keyOf(row)) ?? 0),
      revenue: row.revenue ?? {},
    });
    const goals = scope.goals.map(({ name, kind, pattern }) => {
      const own = rows.filter(({ goal }) => goal === name);
      const total = own.find(({ is_total }) => is_total);
      const values = own
        .filter(({ is_total }) => !is_total)
        .sort((a, b) => b.visitors - a.visitors || (String(a.value) < String(b.value) ? -1 : 1))
        .slice(0, scope.limit)
        .map((row) => ({ value: row.value, ...describe(row) }));
      const none = { goal: name, value: null, is_total: true, conversions: 0, visitors: 0, revenue: null };
      return {
        name,
        [kind]: pattern,
        ...describe(total ?? none),
        ...(breakdown !== undefined && { breakdown: values }),
      };
    });
    return { visitors: populations.get('total') ?? 0, goals };
  },
});

function keyOf({ is_total, value }: Row): string {
  return is_total ? 'total' : JSON.stringify(value);
}

const maxGoals = 100;

// One pass over the events finds the goals that each of them reaches; a null goal is the population.
function toSql(scope: Scope, breakdown: string | undefined): string {
  const { bind } = scope.parameters;
  if (scope.goals.length > maxGoals)
    throw new Refusal(
      422,
      'too_many_goals',
      `goals: expected at most ${maxGoals}, got ${scope.goals.length}`,
    );
  const dimension = joinDimension(scope, breakdown);
  const reached = scope.goals.map(
    (goal) => `case when ${reachedSql(goal, 'e', scope.parameters)} then ${bind(goal.name, 'text')} end`,
  );
  const sets = breakdown === undefined ? '((goal))' : '((goal), (goal, value))';
  const total =
    breakdown === undefined ? 'true as is_total, null as value' : 'grouping(value) = 1 as is_total, value';
  return `/* conversions.read */
    with hits as (
      select e.visitor_id, e.value as worth, e.currency, ${dimension.sql} as value,
        array_remove(array[${reached.join(', ')}], null) as goals
      from ${scope.events('e')} ${dimension.join} where ${scope.eventIn('e')}
    ),
    reached as (
      select h.visitor_id, h.value, g.name as goal, coalesce(h.worth, w.value) as worth,
        coalesce(case when h.worth is not null then h.currency end, w.currency, s.currency) as currency
      from hits h cross join lateral unnest(h.goals) as g (name)
        join footfall.goals w on w.site = ${bind(scope.site, 'text')} and w.name = g.name
        join footfall.sites s on s.site = w.site
    ),
    sums as (
      select goal, value, ${breakdown === undefined ? 'true' : 'grouping(value) = 1'} as is_total, currency, sum(worth) as sum
      from reached where worth is not null
      group by grouping sets (${breakdown === undefined ? '(goal, currency)' : '(goal, currency), (goal, value, currency)'})
    ),
    money as (
      select goal, value, is_total, jsonb_object_agg(currency, sum) as revenue from sums group by goal, value, is_total
    ),
    counts as (
      select goal, ${total}, count(*) as conversions, count(distinct visitor_id) as visitors
      from reached group by grouping sets ${sets}
    )
    select c.*, m.revenue from counts c left join money m
      on m.goal = c.goal and m.is_total = c.is_total and m.value is not distinct from c.value
    union all
    select null, ${breakdown === undefined ? 'true, null' : 'grouping(value) = 1, value'}, 0, count(distinct visitor_id), null
    from hits ${breakdown === undefined ? '' : 'group by grouping sets ((), (value))'}`;
}
