/** The columns of footfall.sessions. What a visit ends with may follow from the variation: no segment. */
const columns = {
  entry_page: 'entry_path',
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

/** A dimension of visits: units are told apart by the visit of their first exposure. */
export type SegmentDimension = keyof typeof columns;

export const segmentDimensions = Object.keys(columns) as SegmentDimension[];

/** `segments`: the value of every unit, null where its first exposure is in no visit. Needs `exposures`. */
export function segmentsOf(dimension: SegmentDimension, site: string): string {
  return `segments as (
    select distinct on (x.unit_id) x.unit_id, s.${columns[dimension]} as segment
    from exposures x
    join footfall.events e on e.site = ${site} and e.event_day = x.event_day and e.event_id = x.event_id
    left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
    order by x.unit_id, x.occurred_at, x.event_id
  )`;
}
