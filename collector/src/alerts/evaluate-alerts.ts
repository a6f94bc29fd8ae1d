import type { Database } from '../db/database.js';
import { refreshRollups } from '../rollups/refresh.js';
import { checkErrors } from './check-errors.js';
import { checkSampleRatio } from './check-sample-ratio.js';
import { checkSilence } from './check-silence.js';
import { checkTraffic } from './check-traffic.js';
import { recordVerdicts } from './record-verdicts.js';
import { type Rule, ruleSchema, type Verdict } from './rule.js';
import { dayOf, iso, lastWindow } from './window.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
// The test of a split reads all exposures of its experiment.
const ratioEveryMs = 15 * minuteMs;
const statementMs = 10_000;

type Claimed = { site: string; alert_id: string; name: string; timezone: string; rule: unknown };

/** Looks at every rule whose time has come, each on one collector, and opens and resolves incidents. */
export async function evaluateAlerts(
  database: Database,
  now: number,
  log: (line: string) => void,
): Promise<void> {
  for (const claimed of await claimDue(database, now)) {
    try {
      await evaluate(database.within(statementMs), claimed, now);
    } catch (error) {
      // The others are not to wait for one whose events take too long to read.
      log(`alert ${claimed.alert_id} of site ${claimed.site}: ${String(error)}`);
    }
  }
}

function claimDue(database: Database, now: number): Promise<Claimed[]> {
  return database.asOwner((tx) =>
    tx.query<Claimed>(
      `/* evaluate-alerts.claimDue */
       with due as (
         select site, alert_id from footfall.alerts
         where enabled and next_check_at <= $1::timestamptz for update skip locked
       )
       update footfall.alerts a set checked_at = $1::timestamptz,
         next_check_at = case a.rule ->> 'kind' when 'sample_ratio' then $3::timestamptz else $2::timestamptz end
       from due join footfall.sites s on s.site = due.site
       where a.site = due.site and a.alert_id = due.alert_id
       returning a.site, a.alert_id, a.name, s.timezone, a.rule`,
      [iso(now), iso(now + minuteMs), iso(now + ratioEveryMs)],
    ),
  );
}

async function evaluate(database: Database, claimed: Claimed, now: number): Promise<void> {
  const { site, timezone, alert_id: alertId, name } = claimed;
  const rule = ruleSchema.parse(claimed.rule);
  const verdicts = await check(database, { site, timezone, rule, now });
  const isComplete = rule.kind === 'sample_ratio';
  await recordVerdicts(database, { site, alertId, name, rule, verdicts, isComplete, now });
}

type Checking = { site: string; timezone: string; rule: Rule; now: number };

/** What a rule finds now, without anything being recorded. */
export async function check(database: Database, { site, timezone, rule, now }: Checking): Promise<Verdict[]> {
  if (rule.kind === 'ingest_silence') return checkSilence(database, { site, rule, now });
  if (rule.kind === 'sample_ratio') return checkSampleRatio(database, { site, rule, now });
  const { startMs, endMs } = lastWindow(now, rule.windowMinutes);
  const days = { from: dayOf(startMs - dayMs), to: dayOf(endMs + dayMs) };
  // Rollups that lag behind would look like a drop.
  if (!(await refreshRollups(database, { site, timezone, ...days }))) return [];
  if (rule.kind === 'error_surge') return checkErrors(database, { site, rule, now });
  return checkTraffic(database, { site, rule, now });
}
