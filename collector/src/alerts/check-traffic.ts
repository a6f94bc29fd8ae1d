import type { Database, Transaction } from '../db/database.js';
import { judgeTraffic } from './judge-counts.js';
import type { RuleOf, Verdict } from './rule.js';
import { iso, lastWindow, type Window } from './window.js';

type Traffic = RuleOf<'traffic_spike'> | RuleOf<'traffic_drop'>;
type Row = { week: number; count: number };

const minWeeks = 2;

/**
 * Compares the last window with the same local hours of the weeks before.
 *
 * @returns nothing while the site has fewer than two weeks to compare with
 */
export async function checkTraffic(
  database: Database,
  { site, rule, now }: { site: string; rule: Traffic; now: number },
): Promise<Verdict[]> {
  const window = lastWindow(now, rule.windowMinutes);
  const rows = await database.withSite(site, (tx) => countWeeks(tx, { site, rule, window }));
  const before = rows.filter(({ week }) => week > 0).map(({ count }) => count);
  const count = rows.find(({ week }) => week === 0)?.count;
  if (count === undefined || before.length < minWeeks) return [];
  const direction = rule.kind === 'traffic_spike' ? 'spike' : 'drop';
  const { isFiring, expected, deviations } = judgeTraffic(count, before, { ...rule, direction });
  const hours = `${iso(window.startMs).slice(0, 16)} to ${iso(window.endMs).slice(11, 16)} UTC`;
  const summary = `${count} ${rule.metric} from ${hours}; ${Math.round(expected)} in the same hours of ${before.length} weeks before`;
  return [{ subject: site, isFiring, finding: { observed: count, expected, deviations, summary } }];
}

type Counting = { site: string; rule: Traffic; window: Window };

// A week in which the site had not begun is no week to compare with. Local time: a clock change moves no hours.
function countWeeks(tx: Transaction, { site, rule, window }: Counting): Promise<Row[]> {
  return tx.query<Row>(
    `/* check-traffic.countWeeks */
     with windows as (
       select w.week, ((($2::timestamptz at time zone s.timezone) - make_interval(weeks => w.week)) at time zone s.timezone) as start_at
       from footfall.sites s cross join generate_series(0, $4::integer) as w (week)
       where s.site = $1::text
     )
     select w.week, coalesce((
       select sum(b.${rule.metric}) from footfall.rollup_buckets b
       where b.site = $1::text and b.bucket >= w.start_at and b.bucket < w.start_at + $3::interval
     ), 0)::bigint as count
     from windows w
     where w.start_at >= (select min(bucket) from footfall.rollup_buckets where site = $1::text)
     order by w.week`,
    [site, iso(window.startMs), `${rule.windowMinutes} minutes`, rule.weeks],
  );
}
