import { createHmac, randomBytes } from 'node:crypto';
import { sessionGapMs } from '@footfall/schema/limits';
import type { Database } from '../db/database.js';
import { utcDay } from '../utc-day.js';

const dayMs = 86_400_000;
const saltLifeMs = 2 * dayMs;
const saltBytes = 32;

type Browser = { site: string; address: string; userAgent: string };
type Moment = { occurredAt: number; receivedAt: number };

export type VisitorHasher = {
  /** The id of a cookieless visitor on a UTC day. It cannot be computed again once the day's salt is deleted. */
  hash(browser: Browser, day: VisitorDay): Promise<string>;
  /**
   * Loads the salts that batches may need until tomorrow ends, and makes that of tomorrow: hashing then needs no
   * database.
   */
  prepare(): Promise<void>;
};

/** The UTC day whose salt makes a visitor; `isLate` for what happened more than 48 hours before. */
export type VisitorDay = { day: string; isLate: boolean };

export type VisitorDays = { today: VisitorDay; previous: VisitorDay | null };

/**
 * The day whose salt makes the visitor: the day on which it happened, or that of receipt when 48 hours have passed. Such a
 * late visitor is another than that day's own: else what links two days of receipt would join old events with it. Only a
 * session that goes on within 30 minutes after midnight can have begun the day before, so that only there the day
 * before counts too: which of the two events arrives first makes no difference, one of them is always in that half hour.
 */
export function visitorDays({ occurredAt, receivedAt }: Moment): VisitorDays {
  if (receivedAt - occurredAt > saltLifeMs)
    return { today: { day: utcDay(receivedAt), isLate: true }, previous: null };
  const day = utcDay(occurredAt);
  const midnight = Date.parse(day);
  const mayReachBack = occurredAt - midnight <= sessionGapMs && receivedAt - midnight < saltLifeMs;
  return {
    today: { day, isLate: false },
    previous: mayReachBack ? { day: utcDay(midnight - dayMs), isLate: false } : null,
  };
}

/**
 * Makes the hasher of cookieless visitors: HMAC-SHA256 with the salt of the UTC day, cut to 128 bits. Several
 * collectors agree on the salt through one row a day.
 */
export function createVisitorHasher({
  database,
  now,
}: {
  database: Database;
  now: () => number;
}): VisitorHasher {
  const salts = new Map<string, Promise<Buffer>>();

  function saltOf(day: string): Promise<Buffer> {
    const known = salts.get(day);
    if (known) return known;
    const loading = loadSalt(database, day);
    loading.catch(() => salts.delete(day));
    salts.set(day, loading);
    forgetOldSalts(salts, now());
    return loading;
  }

  return {
    async hash({ site, address, userAgent }, { day, isLate }) {
      const salt = await saltOf(day);
      const text = `${site}|${address}|${userAgent}${isLate ? '|late' : ''}`;
      const digest = createHmac('sha256', salt).update(text).digest();
      return digest.subarray(0, 16).toString('base64url');
    },
    async prepare() {
      for (const days of [-2, -1, 0, 1]) await saltOf(utcDay(now() + days * dayMs));
    },
  };
}

async function loadSalt(database: Database, day: string): Promise<Buffer> {
  return database.asIngest(async (tx) => {
    await tx.query(
      `/* visitor.loadSalt */
       insert into footfall.visitor_salts (day, salt) values ($1::date, $2::bytea) on conflict do nothing`,
      [day, randomBytes(saltBytes)],
    );
    const rows = await tx.query<{ salt: Buffer }>(
      'select salt from footfall.visitor_salts where day = $1::date',
      [day],
    );
    if (!rows[0]) throw new Error(`visitor_salts: expected a row of ${day}`);
    return rows[0].salt;
  });
}

function forgetOldSalts(salts: Map<string, unknown>, now: number): void {
  for (const day of salts.keys()) if (Date.parse(day) < now - dayMs - saltLifeMs) salts.delete(day);
}

/** Deletes the salts of days that ended more than 48 hours ago: their visitors can never be computed again. */
export async function deleteOldSalts(database: Database, now: number): Promise<void> {
  const oldest = utcDay(now - saltLifeMs);
  await database.asIngest((tx) =>
    tx.query('delete from footfall.visitor_salts where day < $1::date', [oldest]),
  );
}
