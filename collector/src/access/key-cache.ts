import type { Availability } from '../db/availability.js';
import { classifyFailure } from '../db/failure.js';
import { Refusal } from '../refusal.js';

const cacheMs = 5_000;
const maxUnknownKeys = 10_000;

/** Whom a key stands for, and until when: milliseconds since 1970, null for ever. */
export type Held<Holder> = { holder: Holder; endsAt: number | null };

type Known<Holder> = Held<Holder> & { until: number };

type Options<Holder> = {
  /** What the refusal names, e.g. `site`. */
  name: string;
  look: (key: string) => Promise<Held<Holder> | undefined>;
  /** Those that are in force now. A key whose first use comes while the database is away loses nothing. */
  loaded: Iterable<[string, Held<Holder>]>;
  now: () => number;
  availability: Pick<Availability, 'isUp' | 'lose'>;
};

export type KeyCache<Holder> = {
  /**
   * @returns the holder of a key, or nothing where it is unknown or has ended
   * @throws Refusal 503 for a key that is not known while the database is away
   */
  find(key: string): Promise<Holder | undefined>;
  /** After a change: each key is looked up again before it is believed, while there is a database. */
  renew(): void;
};

/**
 * Remembers for five seconds whom a key stands for: a change takes effect within them, the end of a key at once. While the
 * database is away what was known stays known, however old, but for keys that end meanwhile.
 */
export function createKeyCache<Holder>({
  name,
  look,
  loaded,
  now,
  availability,
}: Options<Holder>): KeyCache<Holder> {
  // Apart from each other, so that made-up keys cannot drive out the real ones.
  const known = new Map<string, Known<Holder>>(
    [...loaded].map(([key, held]) => [key, { ...held, until: now() }]),
  );
  const unknown = new Map<string, number>();

  async function refresh(key: string): Promise<Holder | undefined> {
    const held = inForce(await look(key));
    const until = now() + cacheMs;
    if (unknown.size >= maxUnknownKeys) unknown.clear();
    if (held) known.set(key, { ...held, until });
    else unknown.set(key, until);
    (held ? unknown : known).delete(key);
    return held?.holder;
  }

  function inForce<Some extends Held<Holder>>(held: Some | undefined): Some | undefined {
    return held?.endsAt != null && held.endsAt <= now() ? undefined : held;
  }

  function refuseUnknown(cause?: unknown): never {
    throw new Refusal(503, 'unavailable', `${name}: the key is not known while the database is away`, {
      path: name,
      retryAfterSeconds: 5,
      cause,
    });
  }

  async function find(key: string): Promise<Holder | undefined> {
    const found = inForce(known.get(key));
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
  }

  function renew(): void {
    unknown.clear();
    for (const held of known.values()) held.until = now();
  }

  return { find, renew };
}
