import type { Availability } from '../db/availability.js';
import { classifyFailure } from '../db/failure.js';
import { Refusal } from '../refusal.js';

const cacheMs = 5_000;
const maxUnknownKeys = 10_000;

type Known<Holder> = { holder: Holder; until: number };

type Options<Holder> = {
  /** What the refusal names, e.g. `site`. */
  name: string;
  look: (key: string) => Promise<Holder | undefined>;
  /** Those that are in force now. A key whose first use comes while the database is away loses nothing. */
  loaded: Iterable<[string, Holder]>;
  now: () => number;
  availability: Pick<Availability, 'isUp' | 'lose'>;
};

/**
 * Remembers for five seconds whom a key stands for: a change takes effect within them. While the database is away what was
 * known stays known, however old.
 *
 * @returns the holder of a key, or nothing where it is unknown
 * @throws Refusal 503 for a key that is not known while the database is away
 */
export function createKeyCache<Holder>({ name, look, loaded, now, availability }: Options<Holder>) {
  // Apart from each other, so that made-up keys cannot drive out the real ones.
  const known = new Map<string, Known<Holder>>(
    [...loaded].map(([key, holder]) => [key, { holder, until: now() }]),
  );
  const unknown = new Map<string, number>();

  async function refresh(key: string): Promise<Holder | undefined> {
    const holder = await look(key);
    const until = now() + cacheMs;
    if (unknown.size >= maxUnknownKeys) unknown.clear();
    if (holder) known.set(key, { holder, until });
    else unknown.set(key, until);
    (holder ? unknown : known).delete(key);
    return holder;
  }

  function refuseUnknown(cause?: unknown): never {
    throw new Refusal(503, 'unavailable', `${name}: the key is not known while the database is away`, {
      path: name,
      retryAfterSeconds: 5,
      cause,
    });
  }

  return async function find(key: string): Promise<Holder | undefined> {
    const found = known.get(key);
    if (found && found.until > now()) return found.holder;
    if (!availability.isUp()) return found?.holder ?? refuseUnknown();
    if ((unknown.get(key) ?? 0) > now()) return undefined;
    try {
      return await refresh(key);
    } catch (error) {
      if (classifyFailure(error) !== 'retry') throw error;
      availability.lose(error);
      return found?.holder ?? refuseUnknown(error);
    }
  };
}
