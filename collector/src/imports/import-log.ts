import type { Database } from '../db/database.js';
import type { Place } from '../ingest/enrich/geo.js';
import { createEventIds } from './event-id.js';
import { toLogEvent } from './log-event.js';
import type { LogSource } from './open-log.js';
import { guessOwnHost } from './own-hosts.js';
import type { ImportSite } from './prepare-site.js';
import type { JudgedLog } from './read-head.js';
import { countLine, createTally, type Tally } from './tally.js';
import { createEventWriter, type EventWriter } from './write-events.js';

export type ImportDeps = {
  database: Database;
  geo: { lookup(address: string): Place };
  now: () => number;
  /** Called with each line, for a display of its own pace. */
  onLine: (tally: Tally) => void;
};

export type Imported = Tally & EventWriter['counts'] & { ownHosts: string[]; failure: string | undefined };

/** Takes a log to events and sessions, line by line. What could be read is durable when it returns. */
export async function importLog(
  { database, geo, now, onLine }: ImportDeps,
  { source, log, site }: { source: LogSource; log: JudgedLog; site: ImportSite },
): Promise<Imported> {
  const tally = createTally();
  const writer = createEventWriter({ database, now });
  const ownHosts = site.hosts.length > 0 ? site.hosts : [guessOwnHost(log.head) ?? []].flat();
  const deps = { ...site, ownHosts, geo, now, eventIdOf: createEventIds(site.site) };
  for await (const line of log.lines) {
    countLine(tally, line);
    if (line.kind === 'pageview') await writer.add(toLogEvent(line, deps));
    onLine(tally);
  }
  await writer.flush();
  return { ...tally, ...writer.counts, ownHosts, failure: source.failure() };
}
