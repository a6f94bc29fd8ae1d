import type { Parameters } from '../api/client.js';
import { useSession } from '../session/session.js';
import { useAddress } from './address.js';
import { type DayRange, localNow } from './calendar.js';
import { type Comparison, readComparison } from './comparison.js';
import { type Filter, readFilters, toApiFilter } from './filters.js';
import { type Period, readPeriod } from './period.js';

/** A site as whoever has signed in sees it. */
export type Site = { site: string; name: string; timezone: string; currency: string; weekStart: number };

/** What every number on the page is of. */
export type Scope = {
  site: Site;
  /** Today in the timezone of the site. */
  today: string;
  period: Period;
  comparison: Comparison;
  filters: readonly Filter[];
};

/** The scope that the address tells of; undefined where there is no site to read. */
export function useScope(): Scope | undefined {
  const address = useAddress();
  const { sites } = useSession();
  const site = sites.find((one) => one.site === address.get('site')) ?? sites[0];
  if (!site) return undefined;
  const today = localNow(site.timezone, Date.now()).day;
  return {
    site,
    today,
    period: readPeriod(address, today),
    comparison: readComparison(address),
    filters: readFilters(address),
  };
}

/** `date_range` of a query. */
export function toApiRange(range: DayRange | 'all'): 'all' | [string, string] {
  return range === 'all' ? 'all' : [range.from, range.to];
}

/** The parameters that every report takes (`GET /api/v1/<report>`). */
export function reportParameters({ site, period, filters }: Scope): Parameters {
  return {
    site: site.site,
    date_range: period.range === 'all' ? 'all' : JSON.stringify(toApiRange(period.range)),
    ...(filters.length > 0 && { filters: JSON.stringify(filters.map(toApiFilter)) }),
  };
}
