import type { Parameters } from '../parameters.js';
import { countryNames } from './country-names.js';

/** What rows are grouped and filtered by. One entry makes a dimension: query, filters, schema and documentation read it. */
export type Dimension = {
  /** Whose row it is read from. */
  of: 'event' | 'visit';
  /** Text, of a row of footfall.events or footfall.sessions. Null where it is not set. */
  sql(row: string, parameters: Parameters): string;
  definition: string;
  version: number;
  /** Its name in footfall.rollup_days. Visits without a value are in no row of an optional one. */
  rollup?: { name: string; column: string; isOptional: boolean };
  /** Values of a filter that mean "not set", besides the empty text and `(not set)`. */
  unset?: readonly string[];
  /** Stored in lower case: values of a filter are too. */
  isLowerCase?: boolean;
};

type More = Pick<Dimension, 'unset' | 'isLowerCase'> & { rollup?: { name: string; isOptional: boolean } };

function column(of: Dimension['of'], name: string, definition: string, more: More = {}): Dimension {
  const { rollup, ...rest } = more;
  return {
    of,
    sql: (row) => `${row}.${name}`,
    definition,
    version: 1,
    ...rest,
    ...(rollup && { rollup: { ...rollup, column: name } }),
  };
}

function visit(name: string, definition: string, more: More = {}): Dimension {
  return column('visit', name, definition, more);
}

const always = (name: string) => ({ rollup: { name, isOptional: false } });
const optional = (name: string) => ({ rollup: { name, isOptional: true } });
const direct = { unset: ['Direct / None'] };

/** All dimensions but time and properties (`event:props:…`), by name. */
export const dimensions = {
  'event:page': column('event', 'path', 'path of the page on which the event happened', always('page')),
  'event:hostname': column('event', 'host', 'host of the page on which the event happened'),
  'event:name': {
    of: 'event',
    sql: (row) => `case ${row}.type when 'custom' then ${row}.name else ${row}.type end`,
    definition: 'name of a custom event; the type of any other',
    version: 1,
  },
  'event:type': column('event', 'type', 'type of the event: pageview, click, custom, …'),
  'event:title': column('event', 'title', 'title of the page on which the event happened'),
  'event:release': column('event', 'release', 'release of the site that sent the event'),
  'event:user_id': column('event', 'user_id', 'user that the site named; null for anonymous visitors'),
  'event:visitor_id': column('event', 'visitor_id', 'visitor; cookieless ones have another id each UTC day'),
  'event:currency': column('event', 'currency', 'currency of the value of the event, ISO 4217'),
  'event:id': {
    of: 'event',
    sql: (row) => `${row}.event_id::text`,
    definition: 'id of the event: a row an event',
    version: 1,
  },
  'visit:entry_page': visit('entry_path', 'path of the first page of the visit', always('entry_page')),
  'visit:exit_page': visit('exit_path', 'path of the last page of the visit', always('exit_page')),
  'visit:entry_page_hostname': visit('entry_host', 'host of the first page of the visit'),
  'visit:exit_page_hostname': {
    of: 'visit',
    sql: (row) => `lower(substring(${row}.exit_url from '^https?://([^/?#:]+)'))`,
    definition: 'host of the last page of the visit',
    version: 1,
  },
  'visit:source': visit('referrer_source', 'name of the site that the visit came from; null is direct', {
    ...always('source'),
    ...direct,
  }),
  'visit:medium': visit(
    'referrer_medium',
    'kind of the referring site: search, social, email, …',
    always('medium'),
  ),
  'visit:referrer': {
    of: 'visit',
    sql: (row) => `regexp_replace(${row}.referrer, '^https?://(www\\.)?', '')`,
    definition: 'referring URL without https:// and www.',
    version: 1,
    ...direct,
  },
  'visit:channel': visit('channel', "GA4's default channel group, and AI assistants", always('channel')),
  'visit:utm_source': visit('utm_source', 'utm_source of the entry', optional('utm_source')),
  'visit:utm_medium': visit('utm_medium', 'utm_medium of the entry', optional('utm_medium')),
  'visit:utm_campaign': visit('utm_campaign', 'utm_campaign of the entry', optional('utm_campaign')),
  'visit:utm_content': visit('utm_content', 'utm_content of the entry', optional('utm_content')),
  'visit:utm_term': visit('utm_term', 'utm_term of the entry', optional('utm_term')),
  'visit:device': visit('device', 'desktop, mobile, tablet, tv, console or wearable', {
    ...always('device'),
    isLowerCase: true,
  }),
  'visit:screen': visit('device', 'the same as visit:device', { ...always('device'), isLowerCase: true }),
  'visit:screen_size': {
    of: 'visit',
    sql: (row) => `(${row}.screen_width || 'x' || ${row}.screen_height)`,
    definition: 'width and height of the screen in CSS pixels, e.g. 1440x900',
    version: 1,
  },
  'visit:browser': visit('browser', 'name of the browser', always('browser')),
  'visit:browser_version': visit('browser_version', 'version of the browser'),
  'visit:os': visit('os', 'name of the operating system', always('os')),
  'visit:os_version': visit('os_version', 'version of the operating system'),
  'visit:country': visit('country', 'country, ISO 3166-1 alpha-2', always('country')),
  'visit:country_name': {
    of: 'visit',
    sql: (row, { bind }) => `(${bind(JSON.stringify(countryNames), 'jsonb')} ->> ${row}.country)`,
    definition: 'English name of the country (CLDR)',
    version: 1,
  },
  'visit:region': visit('region', 'region as the geo database names it', optional('region')),
  'visit:region_name': visit('region', 'the same as visit:region', optional('region')),
  'visit:city': visit('city', 'English name of the city', optional('city')),
  'visit:city_name': visit('city', 'the same as visit:city', optional('city')),
  'visit:language': visit('language', 'language of the browser', always('language')),
  'visit:timezone': visit('timezone', 'timezone of the browser'),
  'visit:id': {
    of: 'visit',
    sql: (row) => `${row}.session_id::text`,
    definition: 'id of the visit: a row a visit',
    version: 1,
  },
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof dimensions;
export type PropertyName = `event:props:${string}`;

export const dimensionNames = Object.keys(dimensions) as [DimensionName, ...DimensionName[]];

const propertyPrefix = 'event:props:';

/** The key of `event:props:key`, or null for a name of another kind. */
export function propertyKey(name: string): string | null {
  return name.startsWith(propertyPrefix) ? name.slice(propertyPrefix.length) : null;
}

/** The dimension of a name that the schema has let through. */
export function findDimension(name: string): Dimension {
  const key = propertyKey(name);
  if (key !== null) return describeProperty(key);
  const found: Dimension | undefined = dimensions[name as DimensionName];
  if (!found) throw new Error(`dimensions: ${name} is not one`);
  return found;
}

/** Whether a value of a filter means what is not set: nothing, or what Plausible shows in its place. */
export function meansUnset({ unset = [] }: Dimension, value: string): boolean {
  return value === '' || value === '(not set)' || unset.includes(value);
}

function describeProperty(key: string): Dimension {
  return {
    of: 'event',
    sql: (row, { bind }) => `(${row}.props ->> ${bind(key, 'text')})`,
    definition: `property "${key}" of the event, as text`,
    version: 1,
    unset: ['(none)'],
  };
}
