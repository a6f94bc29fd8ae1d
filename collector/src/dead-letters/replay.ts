import { type By, writeAudit } from '../access/audit.js';
import { listSites, type Site } from '../access/sites.js';
import type { Database } from '../db/database.js';
import { ensurePartitions } from '../db/partitions.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { commitIsolating, type Part } from '../ingest/isolate.js';
import { asDeadLetter, type Revived, reviveLetter } from './revive-letter.js';
import { type LetterFilter, readLetters, type StoredLetter, settleLetters } from './stored-letters.js';

export type ReplaySummary = {
  read: number;
  stored: number;
  /** Stored before, by the client's own retry or by an earlier replay. */
  duplicate: number;
  /** What stays in the dead letter, by the reason that it has now. */
  stayed: Record<string, number>;
};

type Deps = { database: Database; now: () => number; onPage: (summary: ReplaySummary) => void; by: By };
type Settled = { done: StoredLetter[]; stay: StoredLetter[] };

/**
 * Sends dead letters through the pipeline again, each with the time, the sender and the id that it came with. What
 * passes is stored and leaves the dead letter; a run that is killed in between finds its events as duplicates next time.
 *
 * @param filter a reason of too_old is the owner's decision to take events of any age
 */
export async function replayLetters(deps: Deps, filter: LetterFilter): Promise<ReplaySummary> {
  const { database, onPage } = deps;
  await auditReplay(deps, filter);
  const summary: ReplaySummary = { read: 0, stored: 0, duplicate: 0, stayed: {} };
  const sites = new Map((await listSites(database)).map((site) => [site.site, site]));
  let after: StoredLetter | undefined;
  for (;;) {
    const letters = await readLetters(database, filter, after);
    after = letters.at(-1);
    if (!after) return summary;
    const revived = await reviveLetters(letters, sites, { anyAge: filter.reason === 'too_old' });
    const settled = await storeRevived(deps, revived, summary);
    await settleLetters(database, settled);
    summary.read += letters.length;
    for (const { reason } of settled.stay) summary.stayed[reason] = (summary.stayed[reason] ?? 0) + 1;
    onPage(summary);
  }
}

async function auditReplay(
  { database, by }: Deps,
  { site = '', reason = 'all' }: LetterFilter,
): Promise<void> {
  const entry = { ...by, site, action: 'dead_letter.replay', target: reason };
  await database.asOwner((tx) => writeAudit(tx, entry));
}

async function reviveLetters(
  letters: StoredLetter[],
  sites: Map<string, Site>,
  { anyAge }: { anyAge: boolean },
): Promise<Revived[]> {
  const revived: Revived[] = [];
  for (const letter of letters) {
    const site = sites.get(letter.site);
    const result: Revived = site ? await reviveLetter(letter, site) : { letter, event: null };
    revived.push(anyAge ? youngAgain(result) : judgeAge(result));
  }
  return revived;
}

function youngAgain({ letter, event }: Revived): Revived {
  return { letter, event: event && { ...event, isTooOld: false } };
}

function judgeAge({ letter, event }: Revived): Revived {
  if (!event?.isTooOld) return { letter, event };
  const message = 'ts: expected at most 35 days before it came';
  return { letter: { ...letter, reason: 'too_old', message, sqlstate: null }, event: null };
}

async function storeRevived(
  { database, now }: Deps,
  revived: Revived[],
  summary: ReplaySummary,
): Promise<Settled> {
  const passing = new Map<PendingEvent, StoredLetter>();
  const settled: Settled = { done: [], stay: [] };
  for (const { letter, event } of revived) {
    if (event) passing.set(event, letter);
    else settled.stay.push(letter);
  }
  const days = [...passing.keys()].map(({ eventDay }) => eventDay);
  await ensurePartitions(database, days, now());
  const refusals = new Map<PendingEvent, StoredLetter>();
  const parts = [...passing].map(([event, letter]) => toPart(event, letter, refusals));
  for (const [event, outcome] of await commitIsolating(database, parts)) {
    const letter = passing.get(event);
    if (!letter) continue;
    if (outcome === 'erased') settled.done.push(letter);
    else if (outcome === 'stored' || outcome === 'duplicate') {
      summary[outcome] += 1;
      settled.done.push(letter);
    } else settled.stay.push(refusals.get(event) ?? letter);
  }
  return settled;
}

function toPart(event: PendingEvent, letter: StoredLetter, refusals: Map<PendingEvent, StoredLetter>): Part {
  return {
    events: [event],
    letters: [],
    toLetter(_, refusal) {
      const message = 'expected values that the database can hold';
      refusals.set(event, { ...letter, ...refusal, message });
      return asDeadLetter({ ...letter, message }, refusal);
    },
  };
}
