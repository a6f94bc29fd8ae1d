import type { Database } from '../db/database.js';
import { classifyFailure, sqlstateOf } from '../db/failure.js';
import { repeatPassing } from '../db/repeat-passing.js';
import { commit, type Outcome } from './commit.js';
import type { DeadLetter } from './dead-letter.js';
import type { PendingEvent } from './event-row.js';

/** Events of one batch on their way into the database, with what was refused of it before. */
export type Part = {
  events: PendingEvent[];
  letters: DeadLetter[];
  /** Makes the dead letter of an event of this batch. */
  toLetter(
    event: PendingEvent,
    refusal: { reason: 'too_old' | 'schema'; sqlstate: string | null },
  ): DeadLetter;
};

export type Outcomes = Map<PendingEvent, Outcome | 'refused' | 'spooled'>;

/**
 * Commits parts together. Where the database refuses a value, the set is halved until the one bad event is found: it
 * goes to the dead letter and the rest is stored.
 *
 * @throws whatever is not the fault of the data: then nothing of the set in question was stored
 */
export async function commitIsolating(database: Database, parts: Part[]): Promise<Outcomes> {
  try {
    return await commitTogether(database, parts);
  } catch (error) {
    if (classifyFailure(error) !== 'data') throw error;
    const [first, second] = halve(parts);
    if (!second) return refuse(database, parts, error);
    return new Map([
      ...(await commitIsolating(database, first)),
      ...(await commitIsolating(database, second)),
    ]);
  }
}

async function commitTogether(database: Database, parts: Part[]): Promise<Outcomes> {
  const partOf = new Map(parts.flatMap((part) => part.events.map((event) => [event, part])));
  const events = [...partOf.keys()];
  const deadLetters = (tooOld: PendingEvent[]) => [
    ...parts.flatMap(({ letters }) => letters),
    ...tooOld.flatMap(
      (event) => partOf.get(event)?.toLetter(event, { reason: 'too_old', sqlstate: null }) ?? [],
    ),
  ];
  const outcomes = await repeatPassing(() => commit(database, events, { deadLetters }));
  return new Map(events.map((event, at) => [event, outcomes[at] ?? 'duplicate']));
}

// Letters stay with the first half, so that they are written once.
function halve(parts: Part[]): [Part[], Part[] | undefined] {
  if (parts.length > 1) {
    const middle = Math.ceil(parts.length / 2);
    return [parts.slice(0, middle), parts.slice(middle)];
  }
  const [part] = parts;
  if (!part || part.events.length < 2) return [parts, undefined];
  const middle = Math.ceil(part.events.length / 2);
  return [
    [{ ...part, events: part.events.slice(0, middle) }],
    [{ ...part, events: part.events.slice(middle), letters: [] }],
  ];
}

async function refuse(database: Database, parts: Part[], error: unknown): Promise<Outcomes> {
  const refused = parts.flatMap((part) =>
    part.events.map((event) => ({
      event,
      letter: part.toLetter(event, { reason: 'schema', sqlstate: sqlstateOf(error) }),
    })),
  );
  const letters = [...parts.flatMap((part) => part.letters), ...refused.map(({ letter }) => letter)];
  await repeatPassing(() => commit(database, [], { deadLetters: () => letters }));
  return new Map(refused.map(({ event }) => [event, 'refused']));
}
