import { utcDay } from '../utc-day.js';

const dayMs = 86_400_000;

/** The days of a site that end: from `from` up to, not including, `before`. */
export type SiteExpiry = {
  site: string;
  from: string;
  before: string;
  /** Sessions that were last seen before this day end. */
  sessionsBefore: string;
};

/** How long a site keeps events and sessions; null keeps events for ever, and sessions as long as events. */
export type SiteRetention = { site: string; retentionDays: number | null; sessionDays: number | null };

export type Expiry = {
  /** No site keeps events of the days before; null where one keeps everything. */
  dropBefore: string | null;
  sites: SiteExpiry[];
};

const never = '0001-01-01';

/** What may go, by what each site keeps. */
export function planExpiry(sites: SiteRetention[], now: number): Expiry {
  const dayBefore = (days: number | null) => (days === null ? never : utcDay(now - days * dayMs));
  const days = sites.map(({ site, retentionDays, sessionDays }) => ({
    site,
    before: dayBefore(retentionDays),
    sessionsBefore: dayBefore(sessionDays ?? retentionDays),
  }));
  const firstKept = days.map(({ before }) => before).sort()[0] ?? never;
  const dropBefore = firstKept === never ? null : firstKept;
  const limited = days.filter(({ before, sessionsBefore }) => before !== never || sessionsBefore !== never);
  return {
    dropBefore,
    // The partition of an old month is dropped when all of it is past: until then its days go row by row.
    sites: limited.map((site) => ({ ...site, from: dropBefore ? firstOfMonth(dropBefore) : never })),
  };
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}
