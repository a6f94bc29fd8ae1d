import { type By, writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import { listPartitions } from '../db/partitions.js';

export type BotReason = { reason: string; events: number; isHuman: boolean };

type Verdict = { site: string; reason: string; isHuman: boolean };

/**
 * Says that clients which are taken for bots for a reason are people on a site, or takes it back: for events that come
 * from now on (collectors that run know it within five seconds), and for those that are stored. The reason stays with them,
 * so that it can be changed again.
 *
 * @returns how many events changed, or undefined where there is no such site
 */
export async function judgeReason(
  database: Database,
  { site, reason, isHuman }: Verdict,
  by: By,
): Promise<number | undefined> {
  if (!(await writeRule(database, { site, reason, isHuman }, by))) return undefined;
  const days = await database.asOwner((tx) => listPartitions(tx));
  let changed = 0;
  for (const range of [...days, outside])
    changed += await judgeEvents(database, { site, reason, isHuman, range });
  await database.asIngest((tx) =>
    tx.query(
      `/* judge-reason.judgeReason */
       select footfall.rebuild_exposures(site, experiment) from footfall.experiments where site = $1::text`,
      [site],
    ),
  );
  return changed;
}

/** Days without a partition of their own are in the default one. */
const outside = { from: '-infinity', to: 'infinity' };

async function writeRule(database: Database, { site, reason, isHuman }: Verdict, by: By): Promise<boolean> {
  return database.asOwner(async (tx) => {
    const rows = await tx.query(
      `/* judge-reason.writeRule */
       update footfall.sites set human_reasons = case
         when $3::boolean then array_remove(human_reasons, $2::text) || $2::text
         else array_remove(human_reasons, $2::text) end
       where site = $1::text returning 1`,
      [site, reason, isHuman],
    );
    if (rows.length === 0) return false;
    const action = isHuman ? 'bots.restore' : 'bots.exclude';
    await writeAudit(tx, { ...by, site, action, target: reason });
    return true;
  });
}

// A day at a time: no transaction holds the rows of all the years.
async function judgeEvents(
  database: Database,
  { site, reason, isHuman, range }: Verdict & { range: { from: string; to: string } },
): Promise<number> {
  return database.asIngest(async (tx) => {
    const rows = await tx.query<{ session_id: string | null; events: number }>(
      `/* judge-reason.judgeEvents */
       with judged as (
         update footfall.events set is_bot = not $3::boolean
         where site = $1::text and bot_reason = $2::text and is_bot = $3::boolean
           and event_day >= $4::date and event_day < $5::date
         returning site, session_id, occurred_at
       ),
       marked as (
         insert into footfall.rollup_marks (site, bucket)
         select distinct site, footfall.rollup_bucket(occurred_at) from judged
       )
       select session_id, count(*) as events from judged group by session_id`,
      [site, reason, isHuman, range.from, range.to],
    );
    const sessionIds = rows.flatMap(({ session_id }) => session_id ?? []);
    if (sessionIds.length > 0) await judgeSessions(tx, site, sessionIds);
    return rows.reduce((sum, { events }) => sum + events, 0);
  });
}

// A session is a bot's when any of its events is.
async function judgeSessions(tx: Transaction, site: string, sessionIds: string[]): Promise<void> {
  await tx.query(
    `/* judge-reason.judgeSessions */
     with judged as (
       update footfall.sessions s set is_bot = exists (
         select from footfall.events e where e.site = s.site and e.session_id = s.session_id and e.is_bot
       )
       where s.site = $1::text and s.session_id = any($2::uuid[])
       returning s.site, s.started_at
     )
     insert into footfall.rollup_marks (site, bucket)
     select distinct site, footfall.rollup_bucket(started_at) from judged`,
    [site, sessionIds],
  );
}

/** The reasons for which clients of a site were taken for bots, the most frequent first. */
export async function listBotReasons(database: Database, site: string): Promise<BotReason[]> {
  const rows = await database.withSite(site, (tx) =>
    tx.query<{ reason: string; events: number; is_human: boolean }>(
      `/* judge-reason.listBotReasons */
       select e.bot_reason as reason, count(*) as events, e.bot_reason = any(s.human_reasons) as is_human
       from footfall.events e join footfall.sites s on s.site = e.site
       where e.site = $1::text and e.bot_reason is not null
       group by e.bot_reason, s.human_reasons order by events desc, reason`,
      [site],
    ),
  );
  return rows.map(({ reason, events, is_human }) => ({ reason, events, isHuman: is_human }));
}
