import type { Database } from '../db/database.js';
import type { Place } from '../ingest/enrich/geo.js';
import { createEventIds } from './event-id.js';
import { type JudgedLine, judgeLine, type RuleName } from './judge-line.js';
import { toLogEvent } from './log-event.js';
import type { LogSource } from './open-log.js';
import { guessOwnHost } from './own-hosts.js';
import type { ImportSite } from './prepare-site.js';
import { readLines } from './read-lines.js';
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

const headLines = 1_000;

/** Takes a log to events and sessions, line by line. What could be read is durable when it returns. */
export async function importLog(
  { database, geo, now, onLine }: ImportDeps,
  { source, site, rule }: { source: LogSource; site: ImportSite; rule: RuleName },
): Promise<Imported> {
  const tally = createTally();
  const writer = createEventWriter({ database, now });
  const { head, lines } = await peek(judgeLines(source, { rule, now: now() }));
  const ownHosts = site.hosts.length > 0 ? site.hosts : [guessOwnHost(head) ?? []].flat();
  const deps = { ...site, ownHosts, geo, now, eventIdOf: createEventIds(site.site) };
  for await (const line of lines) {
    countLine(tally, line);
    if (line.kind === 'pageview') await writer.add(toLogEvent(line, deps));
    onLine(tally);
  }
  await writer.flush();
  return { ...tally, ...writer.counts, ownHosts, failure: source.failure() };
}

async function* judgeLines(
  source: LogSource,
  options: { rule: RuleName; now: number },
): AsyncGenerator<JudgedLine> {
  for await (const line of readLines(source)) yield judgeLine(line, options);
}

/** Looks at the first lines without taking them away. */
async function peek(
  lines: AsyncGenerator<JudgedLine>,
): Promise<{ head: JudgedLine[]; lines: AsyncIterable<JudgedLine> }> {
  const head: JudgedLine[] = [];
  while (head.length < headLines) {
    const next = await lines.next();
    if (next.done) break;
    head.push(next.value);
  }
  return { head, lines: rejoin(head, lines) };
}

async function* rejoin(head: JudgedLine[], rest: AsyncGenerator<JudgedLine>): AsyncGenerator<JudgedLine> {
  yield* head.splice(0);
  yield* rest;
}
