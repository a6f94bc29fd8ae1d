import { setTimeout as rest } from 'node:timers/promises';
import { siteSlug } from '@footfall/schema';
import { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { authorizeReader } from '../access/authorize-reader.js';
import type { Database } from '../db/database.js';
import { readCalendar } from '../query/period/resolve-period.js';
import { Refusal } from '../refusal.js';
import { parseWith } from '../reports/read-request.js';
import { type Cursor, readHits, readNow, windowMs } from './read-now.js';

export type RealtimeDeps = {
  database: Database;
  now: () => number;
  /** Aborted when the collector begins to stop: streams end, and their readers come back to the next one. */
  stopping: AbortSignal;
};

const roundMs = 2_000;
const roundsPerSnapshot = 3;
const settleMs = 2_000;
// Then the reader comes back by itself, and its key is looked at again.
const maxStreamMs = 10 * 60_000;
const maxStreams = 100;
const retryMs = 3_000;
const firstId = '00000000-0000-0000-0000-000000000000';

/** The parameters of the stream. */
export const realtimeQuery = z.object({ site: siteSlug });

/**
 * `GET /api/v1/realtime?site=`: server-sent events. `now` says who is on the site and what happened in the last 30
 * minutes; `hit` is one pageview or custom event, whose id a reader that was cut off sends as Last-Event-ID to get what
 * it missed, of the last 30 minutes. With `Accept: application/json` one answer of `now`.
 */
export function realtimeRoutes(deps: RealtimeDeps): Hono {
  const routes = new Hono();
  let open = 0;
  routes.get('/api/v1/realtime', async (c) => {
    const { site } = parseWith(realtimeQuery, c.req.query());
    await authorizeReader(deps.database, { header: c.req.header('authorization'), site });
    await deps.database.withSite(site, (tx) =>
      readCalendar(tx, { site, timezone: undefined, now: deps.now() }),
    );
    if (/application\/json/.test(c.req.header('accept') ?? ''))
      return c.json(await deps.database.withSite(site, (tx) => readNow(tx, site, deps.now())));
    if (open >= maxStreams)
      throw new Refusal(503, 'too_many_streams', `realtime: ${maxStreams} streams are open`, {
        retryAfterSeconds: 30,
      });
    const cursor = readCursor(c.req.header('last-event-id'), deps.now());
    open += 1;
    return streamSSE(c, (stream) =>
      send(stream, deps, { site, cursor }).finally(() => {
        open -= 1;
      }),
    );
  });
  return routes;
}

const cursorPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,6}Z)~([0-9a-f-]{36})$/;

function readCursor(lastEventId: string | undefined, nowMs: number): Cursor {
  const [, receivedAt, id] = cursorPattern.exec(lastEventId ?? '') ?? [];
  if (receivedAt === undefined || id === undefined || !Number.isFinite(Date.parse(receivedAt)))
    return { receivedAt: new Date(nowMs - settleMs).toISOString(), id: firstId };
  const oldest = new Date(nowMs - windowMs).toISOString();
  return receivedAt < oldest ? { receivedAt: oldest, id: firstId } : { receivedAt, id };
}

async function send(
  stream: SSEStreamingApi,
  { database, now, stopping }: RealtimeDeps,
  { site, cursor }: { site: string; cursor: Cursor },
): Promise<void> {
  const left = new AbortController();
  stream.onAbort(() => left.abort());
  const ended = AbortSignal.any([left.signal, stopping, AbortSignal.timeout(maxStreamMs)]);
  let at = cursor;
  await stream.write(`retry: ${retryMs}\n\n`);
  for (let round = 0; !ended.aborted; round++) {
    at = await sendHits(stream, { database, nowMs: now(), site, after: at });
    if (round % roundsPerSnapshot === 0) {
      const body = await database.withSite(site, (tx) => readNow(tx, site, now()));
      await stream.writeSSE({ event: 'now', data: JSON.stringify(body) });
    }
    await rest(roundMs, undefined, { signal: ended, ref: false }).catch(() => {});
  }
}

async function sendHits(
  stream: SSEStreamingApi,
  { database, nowMs, site, after }: { database: Database; nowMs: number; site: string; after: Cursor },
): Promise<Cursor> {
  let at = after;
  const hits = await database.withSite(site, (tx) =>
    readHits(tx, site, { after, beforeMs: nowMs - settleMs }),
  );
  for (const { id, received_at, ...hit } of hits) {
    at = { receivedAt: received_at, id };
    await stream.writeSSE({ event: 'hit', id: `${received_at}~${id}`, data: JSON.stringify({ id, ...hit }) });
  }
  return at;
}
