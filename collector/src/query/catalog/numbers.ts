import type { Parameters } from '../parameters.js';
import { propertyKey } from './dimensions.js';

/** A number of an event or a visit: what filters compare and aggregates sum up. */
export type NumberSource = {
  of: 'event' | 'visit';
  /** numeric, of a row of footfall.events or footfall.sessions; null where there is none. */
  sql(row: string, parameters: Parameters): string;
  definition: string;
};

/** All numbers but those of properties (`event:props:…`), by name. */
export const numbers = {
  'event:value': { of: 'event', sql: (row) => `${row}.value`, definition: 'value of the event' },
  'event:time_on_page': {
    of: 'event',
    sql: (row) => `(${row}.time_on_page_ms / 1000.0)`,
    definition: 'seconds from a pageview to the next one of its visit, or engaged on the last one',
  },
  'visit:duration': {
    of: 'visit',
    sql: (row) => `extract(epoch from ${row}.last_seen_at - ${row}.started_at)`,
    definition: 'seconds from the first to the last event of the visit',
  },
  'visit:engaged_time': {
    of: 'visit',
    sql: (row) => `(${row}.engaged_ms / 1000.0)`,
    definition: 'seconds of the visit in which the page was visible and focused',
  },
  'visit:pageviews': {
    of: 'visit',
    sql: (row) => `${row}.pageview_count::numeric`,
    definition: 'pageviews of the visit',
  },
  'visit:events': {
    of: 'visit',
    sql: (row) => `${row}.event_count::numeric`,
    definition: 'events of the visit',
  },
} as const satisfies Record<string, NumberSource>;

export type NumberName = keyof typeof numbers;
export const numberNames = Object.keys(numbers) as [NumberName, ...NumberName[]];

/** The number of a name that the schema has let through. */
export function findNumber(name: string): NumberSource {
  const key = propertyKey(name);
  if (key !== null) return describeProperty(key);
  const found: NumberSource | undefined = numbers[name as NumberName];
  if (!found) throw new Error(`numbers: ${name} is not one`);
  return found;
}

// JSON numbers alone: what a text looks like is nobody's promise.
function describeProperty(key: string): NumberSource {
  return {
    of: 'event',
    sql: (row, { bind }) =>
      `case when jsonb_typeof(${row}.props -> ${bind(key, 'text')}) = 'number'
        then (${row}.props ->> ${bind(key, 'text')})::numeric end`,
    definition: `property "${key}" of the event, where it is a number`,
  };
}
