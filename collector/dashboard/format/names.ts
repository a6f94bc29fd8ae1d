import { locale } from './locale.js';

const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
const languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });

const dimensionNames: Record<string, string> = {
  'event:page': 'Page',
  'event:hostname': 'Hostname',
  'event:goal': 'Goal',
  'event:name': 'Event',
  'event:title': 'Page title',
  'event:release': 'Release',
  'visit:entry_page': 'Entry page',
  'visit:exit_page': 'Exit page',
  'visit:source': 'Source',
  'visit:referrer': 'Referrer',
  'visit:channel': 'Channel',
  'visit:utm_source': 'UTM source',
  'visit:utm_medium': 'UTM medium',
  'visit:utm_campaign': 'UTM campaign',
  'visit:utm_content': 'UTM content',
  'visit:utm_term': 'UTM term',
  'visit:device': 'Device',
  'visit:screen_size': 'Screen size',
  'visit:browser': 'Browser',
  'visit:browser_version': 'Browser version',
  'visit:os': 'Operating system',
  'visit:os_version': 'OS version',
  'visit:country': 'Country',
  'visit:region': 'Region',
  'visit:city': 'City',
  'visit:language': 'Language',
  segment: 'Segment',
};

/** Dimensions that people filter by, in the order in which they are offered. */
export const filterDimensions: readonly string[] = Object.keys(dimensionNames);

/** What a dimension is called on the page. */
export function nameDimension(dimension: string): string {
  if (dimension.startsWith('event:props:')) return dimension.slice('event:props:'.length);
  return dimensionNames[dimension] ?? dimension;
}

const unset: Record<string, string> = {
  'visit:source': 'Direct / None',
  'visit:referrer': 'Direct / None',
  'visit:channel': 'Unassigned',
};

/** What a value of a dimension is called on the page; null or the empty text is "not set". */
export function nameValue(dimension: string, value: string | null): string {
  if (value === null || value === '') return unset[dimension] ?? '(not set)';
  if (dimension === 'visit:country') return nameOf(regions, value);
  if (dimension === 'visit:language') return nameOf(languages, value);
  if (dimension === 'visit:device') return value.charAt(0).toUpperCase() + value.slice(1);
  return value;
}

// Whatever a browser has sent may stand there.
function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
