import type { Database, Transaction } from '../db/database.js';
import type { RuleOf, Verdict } from './rule.js';
import { dayOf, iso } from './window.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Whether a site has received nothing for some minutes. Only events of about today by their own clock count: a browser
 * that was offline for a week is no sign of life.
 */
export async function checkSilence(
  database: Database,
  { site, rule, now }: { site: string; rule: RuleOf<'ingest_silence'>; now: number },
): Promise<Verdict[]> {
  const since = now - rule.minutes * minuteMs;
  const [row] = await database.withSite(site, (tx) => readLast(tx, { site, since, now }));
  if (!row) return [];
  const { is_alive: isAlive, last_at: lastAt, began_at: beganAt } = row;
  const silent = lastAt && Math.floor((now - lastAt.getTime()) / minuteMs);
  const summary = lastAt
    ? `the last event was received ${silent} minutes ago, at ${lastAt.toISOString()}`
    : 'no event of the last day has been received';
  return [
    {
      subject: site,
      isFiring: !isAlive && (lastAt ?? beganAt).getTime() < since,
      finding: { observed: silent, expected: rule.minutes, summary },
    },
  ];
}

type Row = { is_alive: boolean; last_at: Date | null; began_at: Date };

// Ids begin with their time, so that a site which is alive is known from the end of its index.
function readLast(
  tx: Transaction,
  { site, since, now }: { site: string; since: number; now: number },
): Promise<Row[]> {
  return tx.query<Row>(
    `/* check-silence.readLast */
     select s.created_at as began_at, a.is_alive, case when not a.is_alive then (
       select max(e.received_at) from footfall.events e where e.site = $1::text and e.event_day between $2::date and $3::date
     ) end as last_at
     from footfall.sites s cross join lateral (
       select exists (
         select from footfall.events e
         where e.site = $1::text and e.event_day between $2::date and $3::date and e.event_id >= $4::uuid
           and e.received_at >= $5::timestamptz
       ) as is_alive
     ) a
     where s.site = $1::text`,
    [site, dayOf(since - dayMs), dayOf(now + dayMs), firstIdOf(since), iso(since)],
  );
}

// The least UUIDv7 of a time (RFC 9562, section 5.7).
function firstIdOf(unixMs: number): string {
  const hex = unixMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
