import { rejectionCodes, siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { writeAudit } from '../access/audit.js';
import { answerLines } from '../answer-lines.js';
import {
  countByDay,
  countDropsByDay,
  findLetter,
  listLetters,
  type WholeLetter,
} from '../dead-letters/list-letters.js';
import { replayLetters } from '../dead-letters/replay.js';
import { countLetters } from '../dead-letters/stored-letters.js';
import { readPlace, writePlace } from '../page-cursor.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { momentSchema } from './moment.js';
import {
  type AdministrationDeps,
  type Administrator,
  requireAdministrator,
} from './require-administrator.js';

export type LetterDeps = AdministrationDeps & { log: (line: string) => void };

const reason = z.enum(rejectionCodes, { error: `expected one of ${rejectionCodes.join(', ')}` });

/** What `GET /api/v1/dead-letter` takes. */
export const letterQuery = z.strictObject({
  site: siteSlug,
  reason: reason.optional(),
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  limit: z.coerce.number().min(1).max(1_000).int().default(100),
  cursor: z.string().max(200).optional(),
});

/** What `GET /api/v1/dead-letter/counts` takes. */
export const letterCountQuery = letterQuery.omit({ limit: true, cursor: true });

/** What `POST /api/v1/dead-letter/replay` takes. */
export const replaySchema = z.strictObject({ site: siteSlug, reason: reason.optional() });

const base = '/api/v1/dead-letter';
const noStore = { 'cache-control': 'no-store' };
const readers = ['owner', 'admin', 'analyst'] as const;

/** `/api/v1/dead-letter`: what was refused and why, by day, one with its event, and to try again. */
export function letterRoutes(deps: LetterDeps): Hono<{ Bindings: HttpBindings }> {
  const { database } = deps;
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get(base, async (c) => {
    const { limit, cursor, ...asked } = parseInput(letterQuery, c.req.query(), 'bad_query');
    await requireAdministrator(deps, c, { site: asked.site, allowed: readers });
    const after = readPlace(cursor);
    const range = toRange(asked);
    const letters = await database.withSite(range.site, (tx) => listLetters(tx, range, { after, limit }));
    const last = letters.length === limit ? letters.at(-1) : undefined;
    return c.json({ letters, next: last ? writePlace(last) : null }, 200, noStore);
  });

  routes.get(`${base}/counts`, async (c) => {
    const range = toRange(parseInput(letterCountQuery, c.req.query(), 'bad_query'));
    await requireAdministrator(deps, c, { site: range.site, allowed: readers });
    const answer = await database.withSite(range.site, async (tx) => ({
      counts: await countByDay(tx, range),
      clientDrops: await countDropsByDay(tx, range),
    }));
    return c.json(answer, 200, noStore);
  });

  routes.get(`${base}/:id`, async (c) => {
    const { site } = parseInput(z.strictObject({ site: siteSlug }), c.req.query(), 'bad_query');
    const { by } = await requireAdministrator(deps, c, { site, allowed: readers });
    return c.json(await readLetter(deps, { site, id: c.req.param('id') }, by), 200, noStore);
  });

  routes.post(`${base}/replay`, async (c) => {
    const asked = parseInput(replaySchema, await readInput(c.env.incoming), 'bad_replay');
    const { by } = await requireAdministrator(deps, c, { site: asked.site });
    return replay(deps, c, { filter: { site: asked.site, reason: asked.reason }, by });
  });
  return routes;
}

type Range = {
  site: string;
  from?: string | undefined;
  to?: string | undefined;
  reason?: string | undefined;
};

function toRange({ site, from, to, reason: why }: Range) {
  return { site, from, to, reason: why };
}

// The event may tell of a person: who reads it is written down before they do.
async function readLetter(
  { database }: LetterDeps,
  place: { site: string; id: string },
  by: Administrator['by'],
): Promise<WholeLetter> {
  const letter = await database.withSite(place.site, (tx) => findLetter(tx, place));
  if (!letter)
    throw new Refusal(404, 'not_found', `id: there is no dead letter "${place.id}"`, { path: 'id' });
  const entry = { ...by, site: place.site, action: 'dead_letter.read', target: letter.id };
  await database.asOwner((tx) => writeAudit(tx, entry));
  return letter;
}

type Replay = { filter: { site: string; reason: string | undefined }; by: Administrator['by'] };

async function replay(deps: LetterDeps, c: Context, { filter, by }: Replay): Promise<Response> {
  const total = await countLetters(deps.database, filter);
  return answerLines(deps, c, async (write) => {
    const onPage = ({ read, stored }: { read: number; stored: number }) =>
      void write({ progress: { read, stored, total } });
    await write({ replay: await replayLetters({ ...deps, onPage, by }, filter) });
  });
}
