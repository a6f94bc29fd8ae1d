import { utcDay } from '../db/partition-range.js';

const dayMs = 86_400_000;

/** The days of a site that end: from `from` up to, not including, `before`. */
export type SiteExpiry = { site: string; from: string; before: string };

export type Expiry = {
  /** No site keeps events of the days before; null where one keeps everything. */
  dropBefore: string | null;
  sites: SiteExpiry[];
};

/** What may go, by what each site keeps. Null keeps everything. */
export function planExpiry(sites: { site: string; retentionDays: number | null }[], now: number): Expiry {
  const limited = sites.flatMap(({ site, retentionDays }) =>
    retentionDays === null ? [] : [{ site, before: utcDay(now - retentionDays * dayMs) }],
  );
  const keepsAll = limited.length < sites.length || limited.length === 0;
  const dropBefore = keepsAll ? null : limited.map(({ before }) => before).reduce((a, b) => (a < b ? a : b));
  return {
    dropBefore,
    // The partition of an old month is dropped when all of it is past: until then its days go row by row.
    sites: limited.map(({ site, before }) => ({
      site,
      before,
      from: dropBefore ? firstOfMonth(dropBefore) : '0001-01-01',
    })),
  };
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}
