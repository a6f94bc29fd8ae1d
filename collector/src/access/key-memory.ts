import type { Database } from '../db/database.js';
import { authorize } from './authorize.js';
import type { KeyHolder, Role } from './keys.js';

type Question = { header: string | undefined; allowed: readonly Role[]; site?: string };

export type KeyMemory = {
  /** As authorize() does, with an answer of at most five seconds before. */
  authorize(question: Question): Promise<KeyHolder>;
};

const cacheMs = 5_000;
const maxEntries = 10_000;

/**
 * Remembers for five seconds who may do what: a server that asks for hundreds of assignments a second would otherwise have
 * its key looked up, and marked as used, as often. A revoked key ends within them. Refusals are not remembered.
 */
export function createKeyMemory({ database, now }: { database: Database; now: () => number }): KeyMemory {
  const known = new Map<string, { holder: Promise<KeyHolder>; until: number }>();

  async function ask(question: Question): Promise<KeyHolder> {
    const id = JSON.stringify([question.header, question.site, question.allowed]);
    const found = known.get(id);
    if (found && found.until > now()) return found.holder;
    if (known.size >= maxEntries) known.clear();
    const holder = authorize(database, question);
    known.set(id, { holder, until: now() + cacheMs });
    holder.catch(() => known.delete(id));
    return holder;
  }

  return { authorize: ask };
}
