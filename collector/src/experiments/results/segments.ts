import { visitDimensions } from '../../query/dimensions.js';

// What a visit ends with may follow from the variation: no segment.
const { exit_page: _, ...columns } = visitDimensions;

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
