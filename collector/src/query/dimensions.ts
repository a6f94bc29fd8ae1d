/** What visits are broken down by, and the column of footfall.sessions that holds it. Rollups have the same names. */
export const visitDimensions = {
  entry_page: 'entry_path',
  exit_page: 'exit_path',
  source: 'referrer_source',
  medium: 'referrer_medium',
  channel: 'channel',
  country: 'country',
  region: 'region',
  city: 'city',
  browser: 'browser',
  os: 'os',
  device: 'device',
  language: 'language',
  utm_source: 'utm_source',
  utm_medium: 'utm_medium',
  utm_campaign: 'utm_campaign',
  utm_content: 'utm_content',
  utm_term: 'utm_term',
} as const;

/** `page` breaks pageviews down, every other dimension visits. */
export type Dimension = 'page' | keyof typeof visitDimensions;

export const dimensions = ['page', ...Object.keys(visitDimensions)] as Dimension[];

/** Visits without one of these are no row of its breakdown. */
export const optionalDimensions: ReadonlySet<Dimension> = new Set([
  'region',
  'city',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
]);
