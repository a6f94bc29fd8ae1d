import type { EventFilter, Metric } from '@footfall/schema';
import type { Binder } from './bind.js';
import type { Definition } from './definition.js';

/** Which events of alias `e` a metric counts, and with which value. */
export type Measure = { matches: string; value: string };

/** What is summed over the events of a unit. */
export function measureOf(metric: Metric, definition: Definition, binder: Binder): Measure {
  const matches = matchesOf(metric.event, binder);
  switch (metric.kind) {
    case 'proportion':
    case 'retention':
      return { matches, value: '1' };
    case 'mean':
    case 'ratio':
      return { matches, value: countOrProperty(metric.property, binder) };
    case 'quantile':
      return { matches, value: valueOrProperty(metric.property, binder) };
    case 'revenue': {
      const wanted = binder.bind(metric.currency ?? definition.currency, 'text');
      const own = binder.bind(definition.currency, 'text');
      return {
        matches: `${matches} and coalesce(e.currency, ${own}) = ${wanted}`,
        value: valueOrProperty(metric.property, binder),
      };
    }
  }
}

/** The denominator of a ratio. */
export function denominatorOf(metric: Extract<Metric, { kind: 'ratio' }>, binder: Binder): Measure {
  const { event, property } = metric.denominator;
  return { matches: matchesOf(event, binder), value: countOrProperty(property, binder) };
}

/** The column or property of alias `e` that holds the id of the unit. */
export function unitOf({ unitType }: Definition, { bind }: Binder): string {
  if (unitType === 'visitor') return 'e.visitor_id';
  if (unitType === 'user') return 'e.user_id';
  return `(e.props ->> ${bind(unitType, 'text')})`;
}

function matchesOf({ type, name, path }: EventFilter, { bind }: Binder): string {
  const parts = [`e.type = ${bind(type, 'text')}`];
  if (name !== undefined) parts.push(`e.name = ${bind(name, 'text')}`);
  if (path !== undefined) parts.push(`e.path like ${bind(toLikePattern(path), 'text')}`);
  return parts.join(' and ');
}

function toLikePattern(glob: string): string {
  return glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

function countOrProperty(property: string | undefined, binder: Binder): string {
  return property === undefined ? '1' : propertyOf(property, binder);
}

function valueOrProperty(property: string | undefined, binder: Binder): string {
  return property === undefined ? bounded('e.value') : propertyOf(property, binder);
}

function propertyOf(property: string, { bind }: Binder): string {
  const key = bind(property, 'text');
  return bounded(
    `case when jsonb_typeof(e.props -> ${key}) = 'number' then (e.props ->> ${key})::numeric end`,
  );
}

// Sums of squares are exact in numeric, and stay short with bounded values: one absurd event must not break a report.
function bounded(expression: string): string {
  return `(select round(v, 9) from (select ${expression} as v) as one where abs(v) < 1e15)`;
}
