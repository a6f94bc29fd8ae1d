import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeReader } from '../access/authorize-reader.js';
import { actorOf } from '../access/principal.js';
import type { Transaction } from '../db/database.js';
import { type Place, placeTime, readPlace, writePlace } from '../page-cursor.js';
import { auditSessionList } from '../privacy/audit-read.js';
import { runGuarded } from '../query/run-guarded.js';
import { openScope } from './open-scope.js';
import { type Common, readInput, splitInput } from './read-request.js';
import type { ReportDeps } from './routes.js';

/** The parameters besides those of every report. */
export const sessionListQuery = z.strictObject({
  cursor: z.string().max(200).optional().describe('next of the answer before'),
});

type Row = { session_id: string; at: string };

/**
 * `GET /api/v1/sessions`: the visits that started in the range, the newest first. It names single people, so no share link
 * shows it, and who reads it is in the audit log.
 */
export function sessionListRoutes({ database, now }: ReportDeps): Hono {
  const routes = new Hono();
  routes.get('/api/v1/sessions', async (c) => {
    const { common, parameters } = splitInput(await readInput(c), sessionListQuery);
    const { site } = common;
    const header = c.req.header('authorization');
    const reader = await authorizeReader(database, { header, site, personal: true });
    const after = readPlace(parameters.cursor);
    const body = await runGuarded(() =>
      database.withSite(site, (tx) => readPage(tx, common, { after, nowMs: now() })),
    );
    await auditSessionList(database, { site, requestedBy: actorOf(reader), at: now() });
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });
  return routes;
}

type Page = { after: Place | undefined; nowMs: number };

async function readPage(tx: Transaction, common: Common, page: Page) {
  const rows = await readSessions(tx, common, page);
  const shown = rows.slice(0, common.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    sessions: shown.map(({ at: _, ...session }) => session),
    next: last ? writePlace({ at: last.at, id: last.session_id }) : null,
    meta: { definitions: { sessions: 'visits that started in the range, without bots, the newest first' } },
  };
}

async function readSessions(tx: Transaction, common: Common, { after, nowMs }: Page): Promise<Row[]> {
  const { parameters, visitIn, limit } = await openScope(tx, common, nowMs);
  const { bind, values } = parameters;
  const place = after
    ? `and (s.started_at, s.session_id) < (${bind(after.at, 'timestamptz')}, ${bind(after.id, 'uuid')})`
    : '';
  return tx.query<Row>(
    `/* list-sessions.readSessions */
     select s.session_id, s.visitor_id, s.started_at, s.last_seen_at, s.pageview_count, s.event_count, s.error_count,
       s.entry_path, s.exit_path, s.referrer_source, s.channel, s.browser, s.os, s.device, s.country, s.city,
       ${placeTime('s.started_at')} as at
     from footfall.sessions s where ${visitIn('s')} ${place}
     order by s.started_at desc, s.session_id desc limit ${bind(limit + 1, 'integer')}`,
    values,
  );
}
