import { randomBytes } from 'node:crypto';

/** Counts what many keys take in a window of time, in half a megabyte, however many there are. */
export type CountWindow = {
  /** Adds to a key. Returns seconds to wait where that, or what came before, is over the limit. */
  take(key: string, amount: number): number | undefined;
  /** The same without adding. */
  look(key: string): number | undefined;
};

const rows = 4;
const columns = 32_768;
const maxCount = 0xffff_ffff;

/**
 * A count-min sketch (Cormode and Muthukrishnan 2005): each key has one counter in each row, and the smallest tells, at
 * most too much. Two keys disturb each other only where they meet in all four rows, which nobody can aim at: the
 * places follow from a secret. 100,000 addresses with one request each raise a counter by three.
 *
 * @param limit what a key may take in a window; 0 is no limit
 */
export function createCountWindow({
  limit,
  windowMs = 60_000,
  now,
}: {
  limit: number;
  windowMs?: number;
  now: () => number;
}): CountWindow {
  const seeds = Array.from({ length: rows }, () => randomBytes(4).readUInt32LE());
  const counts = new Uint32Array(rows * columns);
  let endsAt = 0;

  function placesOf(key: string): number[] {
    return Array.from({ length: rows }, (_, row) => row * columns + (hash(key, seeds[row] ?? 0) % columns));
  }

  function begin(): void {
    if (now() < endsAt) return;
    counts.fill(0);
    endsAt = now() + windowMs;
  }

  function waitOf(places: number[]): number | undefined {
    const least = Math.min(...places.map((place) => counts[place] ?? 0));
    return least > limit ? Math.max(1, Math.ceil((endsAt - now()) / 1000)) : undefined;
  }

  return {
    take(key, amount) {
      if (limit === 0) return undefined;
      begin();
      const places = placesOf(key);
      for (const place of places) counts[place] = Math.min(maxCount, (counts[place] ?? 0) + amount);
      return waitOf(places);
    },
    look(key) {
      if (limit === 0) return undefined;
      begin();
      return waitOf(placesOf(key));
    },
  };
}

// MurmurHash's steps (Austin Appleby, public domain), a UTF-16 unit at a time. Enough where nobody sees what comes out.
function hash(key: string, seed: number): number {
  let h = seed;
  for (let at = 0; at < key.length; at += 1) {
    h = Math.imul(h ^ key.charCodeAt(at), 0x5bd1e995);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
