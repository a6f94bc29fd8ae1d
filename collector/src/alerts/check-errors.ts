import type { Database, Transaction } from '../db/database.js';
import { type ErrorCounts, judgeErrors } from './judge-counts.js';
import type { RuleOf, Verdict } from './rule.js';
import { dayOf, iso, lastWindow, type Window } from './window.js';

type Row = { is_now: boolean; errors: number; pageviews: number };

const dayMs = 86_400_000;

/** Compares the errors of the last window with those of the 24 hours before it. */
export async function checkErrors(
  database: Database,
  { site, rule, now }: { site: string; rule: RuleOf<'error_surge'>; now: number },
): Promise<Verdict[]> {
  const window = lastWindow(now, rule.windowMinutes);
  const rows = await database.withSite(site, (tx) => countErrors(tx, site, window));
  const counts = (isNow: boolean): ErrorCounts =>
    rows.find(({ is_now }) => is_now === isNow) ?? { errors: 0, pageviews: 0 };
  const windowShare = (window.endMs - window.startMs) / dayMs;
  const { isFiring, expected, deviations } = judgeErrors(counts(true), counts(false), {
    ...rule,
    windowShare,
  });
  const { errors } = counts(true);
  const minutes = rule.windowMinutes;
  const summary = `${errors} errors in ${minutes} minutes; ${Math.round(expected)} at the rate of the 24 hours before`;
  return [{ subject: site, isFiring, finding: { observed: errors, expected, deviations, summary } }];
}

// event_day is the day inside the id of an event, which may be hours off its time.
function countErrors(tx: Transaction, site: string, { startMs, endMs }: Window): Promise<Row[]> {
  const from = startMs - dayMs;
  return tx.query<Row>(
    `/* check-errors.countErrors */
     select w.is_now, (
       select count(*) from footfall.events e
       where e.site = $1::text and e.type = 'error' and not e.is_bot
         and e.event_day between $5::date and $6::date and e.occurred_at >= w.start_at and e.occurred_at < w.end_at
     ) as errors, coalesce((
       select sum(b.pageviews) from footfall.rollup_buckets b
       where b.site = $1::text and b.bucket >= w.start_at and b.bucket < w.end_at
     ), 0)::bigint as pageviews
     from (values (false, $2::timestamptz, $3::timestamptz), (true, $3::timestamptz, $4::timestamptz)) as w (is_now, start_at, end_at)`,
    [site, iso(from), iso(startMs), iso(endMs), dayOf(from - dayMs), dayOf(endMs + dayMs)],
  );
}
