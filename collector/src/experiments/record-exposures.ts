import type { Transaction } from '../db/database.js';

type StoredEvent = { site: string; type: string; eventDay: string; eventId: string };

/**
 * Derives exposures from events that were just stored, in the same transaction. Batches without one cost nothing. The view
 * footfall.exposure_events says what an exposure is, here and when all are made again (footfall.rebuild_exposures).
 *
 * `offset 0` keeps the planner from joining phases first: it would read all events of the site for each exposure, and a batch
 * of 240 ran into the time limit of five seconds.
 */
export function recordExposures(tx: Transaction, inserted: readonly StoredEvent[]): void {
  const exposures = inserted.filter(({ type }) => type === 'exposure');
  if (exposures.length === 0) return;
  tx.send(
    `/* record-exposures.recordExposures */
     with fresh as materialized (
       select * from unnest($1::text[], $2::date[], $3::uuid[]) as u (site, event_day, event_id)
     )
     insert into footfall.experiment_exposures
       (site, experiment, phase, unit_type, unit_id, variation, first_exposed_at)
     select x.site, x.experiment, x.phase, x.unit_type, x.unit_id, x.variation, min(x.occurred_at)
     from fresh f
     cross join lateral (
       select * from footfall.exposure_events e
       where e.site = f.site and e.event_day = f.event_day and e.event_id = f.event_id
       offset 0
     ) x
     group by x.site, x.experiment, x.phase, x.unit_type, x.unit_id, x.variation
     order by x.site, x.experiment, x.phase, x.unit_type, x.unit_id, x.variation
     on conflict (site, experiment, phase, unit_type, unit_id, variation)
     do update set first_exposed_at = excluded.first_exposed_at
     where experiment_exposures.first_exposed_at > excluded.first_exposed_at`,
    [
      exposures.map(({ site }) => site),
      exposures.map(({ eventDay }) => eventDay),
      exposures.map(({ eventId }) => eventId),
    ],
  );
}
