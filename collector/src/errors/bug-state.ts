import type { Database, Transaction } from '../db/database.js';
import type { Bug } from './load-stacks.js';

export const storedStates = ['open', 'resolved', 'ignored'] as const;
export type StoredState = (typeof storedStates)[number];

/** A resolved bug that was seen again is regressed. */
export const states = [...storedStates, 'regressed'] as const;
export type State = (typeof states)[number];

/** What people decided, by signature. */
export type Decisions = Map<string, { state: StoredState; changedAt: Date }>;

export async function loadDecisions(tx: Transaction, site: string): Promise<Decisions> {
  const rows = await tx.query<{ signature: string; state: StoredState; changed_at: Date }>(
    `/* bug-state.loadDecisions */
     select signature, state, changed_at from footfall.error_states where site = $1::text`,
    [site],
  );
  return new Map(
    rows.map(({ signature, state, changed_at }) => [signature, { state, changedAt: changed_at }]),
  );
}

/** The state of a bug: the last decision about any of its stacks, and whether it came back since. */
export function stateOf(bug: Bug, decisions: Decisions): { state: State; changed_at: Date | null } {
  const made = [...bug.signatures].flatMap((signature) => decisions.get(signature) ?? []);
  const [latest] = made.sort((a, b) => b.changedAt.getTime() - a.changedAt.getTime());
  if (!latest) return { state: 'open', changed_at: null };
  const isBack = latest.state === 'resolved' && lastSeen(bug) > latest.changedAt;
  return { state: isBack ? 'regressed' : latest.state, changed_at: latest.changedAt };
}

export function firstSeen({ stacks }: Bug): Date {
  return new Date(Math.min(...stacks.map(({ first_seen }) => first_seen.getTime())));
}

export function lastSeen({ stacks }: Bug): Date {
  return new Date(Math.max(...stacks.map(({ last_seen }) => last_seen.getTime())));
}

/** Writes a decision about a bug, for each of its stacks. */
export async function decide(
  database: Database,
  { site, bug, state, now }: { site: string; bug: Bug; state: StoredState; now: number },
): Promise<void> {
  await database.asOwner((tx) =>
    tx.query(
      `/* bug-state.decide */
       insert into footfall.error_states (site, signature, state, changed_at)
       select $1::text, signature, $3::text, $4::timestamptz from unnest($2::text[]) as s (signature)
       on conflict (site, signature) do update set state = excluded.state, changed_at = excluded.changed_at`,
      [site, [...bug.signatures], state, new Date(now).toISOString()],
    ),
  );
}
