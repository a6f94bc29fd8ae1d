import type { DeadLetter } from '../ingest/dead-letter.js';
import { type Environment, eventColumns, type PendingEvent } from '../ingest/event-row.js';
import type { Submission } from '../ingest/group-commit.js';
import { letterMaker, type Origin } from '../ingest/letter-of.js';

/** How a batch is written down. A row leaves out what is null and names its environment by its place in the list. */
type SubmissionRecord = {
  v: 1;
  bytes: number;
  environments: Environment[];
  events: Record<string, unknown>[];
  letters: DeadLetter[];
  origin: Origin;
};

/** What was null, and so was not written down: of the columns, and of what a commit must know besides. */
const nothing = {
  ...Object.fromEntries(eventColumns.map(({ key }) => [key, null])),
  clientSessionId: null,
  cookieless: null,
};

/** Writes a batch as JSON: enriched rows, without the address that it came from. */
export function toRecord({ bytes, events, letters, origin }: Submission): string {
  const environments = [...new Set(events.map(({ environment }) => environment))];
  const record: SubmissionRecord = {
    v: 1,
    bytes,
    environments,
    events: events.map((event) => ({
      ...withoutNulls(event),
      environment: environments.indexOf(event.environment),
    })),
    letters,
    origin,
  };
  return JSON.stringify(record);
}

function withoutNulls(event: PendingEvent): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}

/**
 * Reads a batch back. A column that is younger than the record is null in it.
 *
 * @throws TypeError when the record is of another version
 */
export function fromRecord(json: string): Submission {
  const record = JSON.parse(json) as SubmissionRecord;
  if (record.v !== 1) throw new TypeError(`spool: expected a record of version 1, got ${record.v}`);
  const { bytes, environments, letters, origin } = record;
  const events = record.events.map((event) => ({
    ...nothing,
    ...event,
    environment: environments[Number(event.environment)],
  })) as PendingEvent[];
  return { bytes, events, letters, origin, toLetter: letterMaker(events, origin) };
}
