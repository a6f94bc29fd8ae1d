import { momentText } from '@footfall/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeReader } from '../access/authorize-reader.js';
import { actorOf } from '../access/principal.js';
import type { Transaction } from '../db/database.js';
import { groupBy } from '../group-by.js';
import { auditRead } from '../privacy/audit-read.js';
import { Refusal } from '../refusal.js';
import { commonShape, parseWith, readInput } from './read-request.js';
import type { ReportDeps } from './routes.js';

/** The parameters of both. */
export const timelineQuery = z.strictObject({
  site: commonShape.site,
  /** Sessions that started before this moment: the `next` of the answer before. */
  before: momentText('expected a time like 2026-01-31T12:00:00Z').optional(),
  sessions: z.coerce.number().int().min(1).max(50).default(10),
});

type Query = z.infer<typeof timelineQuery>;
type SessionRow = { session_id: string; started_at: Date };
type EventRow = { session_id: string; place: number; events: number; bytes: number };

const maxSessionEvents = 200;
// More than one session can have: 200 events of 32 KiB.
const maxAnswerBytes = 8 * 1024 * 1024;
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * `GET /api/v1/visitors/{id}`: what a visitor did, the newest session first; `GET /api/v1/sessions/{id}` one session.
 * Both tell of one person, so no share link shows them.
 */
export function timelineRoutes({ database, now }: ReportDeps): Hono {
  const routes = new Hono();
  for (const kind of ['visitor', 'session'] as const) {
    routes.get(`/api/v1/${kind}s/:id`, async (c) => {
      const query = parseWith(timelineQuery, await readInput(c));
      const { site } = query;
      const header = c.req.header('authorization');
      const reader = await authorizeReader(database, { header, site, personal: true });
      const id = c.req.param('id');
      const body = await database.withSite(site, (tx) => readTimeline(tx, { ...query, kind, id }));
      const name = { site, kind, id };
      await auditRead(database, { action: `${kind}.read`, name, requestedBy: actorOf(reader), at: now() });
      return c.json(body, 200, { 'cache-control': 'no-store' });
    });
  }
  return routes;
}

async function readTimeline(tx: Transaction, query: Query & { kind: 'visitor' | 'session'; id: string }) {
  const canBe = query.kind === 'visitor' || uuidPattern.test(query.id);
  const rows = canBe ? await readSessions(tx, query) : [];
  if (rows.length === 0)
    throw new Refusal(404, 'not_found', `id: there is no ${query.kind} "${query.id}"`, { path: 'id' });
  const sessions = rows.slice(0, query.sessions);
  const events = groupBy(await readEvents(tx, query.site, sessions), ({ session_id }) => session_id);
  return {
    [query.kind]: query.id,
    sessions: sessions.map((session) => ({
      ...session,
      events: (events.get(session.session_id) ?? []).map(describeEvent),
    })),
    next: rows.length > sessions.length ? (sessions.at(-1)?.started_at ?? null) : null,
    meta: {
      definitions: { events: `the first ${maxSessionEvents} of a session, in the order of their time` },
    },
  };
}

function describeEvent({ session_id: _, place: __, events: ___, bytes: ____, ...event }: EventRow) {
  return event;
}

function readSessions(
  tx: Transaction,
  { site, kind, id, before, sessions }: Query & { kind: 'visitor' | 'session'; id: string },
): Promise<SessionRow[]> {
  const condition = kind === 'visitor' ? 'visitor_id = $2::text' : 'session_id = $2::uuid';
  return tx.query<SessionRow>(
    `/* timeline.readSessions */
     select session_id, visitor_id, user_id, started_at, ended_at, last_seen_at, engaged_ms::float8 as engaged_ms,
       pageview_count, event_count, interaction_count, error_count, is_bounce, is_bot, bot_reason, entry_path, exit_path,
       referrer, referrer_source, channel, utm_source, utm_medium, utm_campaign, browser, browser_version, os, os_version,
       device, country, region, city, language, timezone
     from footfall.sessions
     where site = $1::text and ${condition} and entry_rank < 2
       and started_at < coalesce($3::timestamptz, 'infinity') order by started_at desc, session_id limit $4::integer`,
    [site, id, before ?? null, sessions + 1],
  );
}

async function readEvents(
  tx: Transaction,
  site: string,
  sessions: readonly SessionRow[],
): Promise<EventRow[]> {
  const rows = await tx.query<EventRow>(
    `/* timeline.readEvents */
     with events as (
       select session_id, event_id, occurred_at, type, name, url, path, title, referrer, value::float8 as value, currency,
         time_on_page_ms, props, row_number() over (partition by session_id order by occurred_at, event_id) as place
       from footfall.events where site = $1::text and session_id = any ($2::uuid[])
     ),
     first_events as (
       select e.*, count(*) over () as events,
         sum(octet_length(coalesce(props::text, '')) + 1000) over (order by session_id, place) as bytes
       from events e where place <= $3::integer
     )
     select * from first_events where bytes <= $4::integer order by session_id, place`,
    [site, sessions.map(({ session_id }) => session_id), maxSessionEvents, maxAnswerBytes],
  );
  if ((rows[0]?.events ?? 0) <= rows.length) return rows;
  throw new Refusal(422, 'too_large', `the answer is larger than ${maxAnswerBytes} bytes`, {
    hint: 'ask for fewer sessions',
  });
}
