import type { OracleVisit } from './oracle/reports.js';
import type { Random } from './random.js';
import { sendVisit } from './report-client.js';
import { newId, type TestCollector } from './test-collector.js';

export const pages = ['/', '/pricing', '/docs', '/signup'];
export const names = ['buy', 'share'];
const campaigns = [null, 'spring', 'autumn', 'winter'];

/** A visit of a few pages and events. Each is a client session, so that what a session is has no part in the numbers. */
export function inventVisit(random: Random, visitor: string, startAt: number): OracleVisit {
  let at = startAt;
  const events: OracleVisit['events'] = Array.from({ length: 1 + random.below(7) }, () => {
    at += random.pick([0, 1_000, 30_000, 600_000]);
    const id = newId(at);
    if (random.chance(0.75)) return { id, at, page: random.pick(pages) };
    return { id, at, name: random.pick(names), value: random.below(50) };
  });
  // The first event is a page: what a session starts with tells its campaign.
  events.unshift({ id: newId(startAt), at: startAt, page: random.pick(pages) });
  return { visitor, session: newId(startAt), campaign: random.pick(campaigns), events };
}

/** Sends a visit as a browser would. */
export function sendInvented(
  collector: TestCollector,
  { visitor, session, campaign, events }: OracleVisit,
  site: string,
): Promise<void> {
  const query = campaign === null ? '' : `?utm_campaign=${campaign}&utm_source=mail`;
  return sendVisit(collector, {
    visitor,
    session,
    site,
    events: events.map(({ id, at, page, name, value }) =>
      page === undefined
        ? { id, at, type: 'custom', name, value, path: '/' }
        : { id, at, path: `${page}${query}` },
    ),
  });
}
