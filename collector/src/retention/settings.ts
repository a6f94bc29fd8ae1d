import type { Database } from '../db/database.js';

/** How many days a site keeps what; null keeps everything, or of sessions as long as events. */
export type Retention = { events: number | null; sessions: number | null };

/** What services of these kinds usually keep. */
export const retentionPresets = {
  service: { events: 365, sessions: 90 },
  blog: { events: 730, sessions: 730 },
  media: { events: 365, sessions: 365 },
} as const satisfies Record<string, Retention>;

export type RetentionPreset = keyof typeof retentionPresets;

/** Until then late events may still change a session. */
export const minSessionDays = 36;
export const maxDays = 36_500;

type Row = { retention_days: number | null; session_retention_days: number | null };

/** @returns undefined where there is no such site */
export async function readRetention(database: Database, site: string): Promise<Retention | undefined> {
  const rows = await database.asOwner((tx) =>
    tx.query<Row>(
      `/* settings.readRetention */
       select retention_days, session_retention_days from footfall.sites where site = $1::text`,
      [site],
    ),
  );
  return rows[0] && { events: rows[0].retention_days, sessions: rows[0].session_retention_days };
}
