import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type By, writeAudit } from '../access/audit.js';
import { authorizeReader } from '../access/authorize-reader.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { smallBody } from '../limit-body.js';
import { Refusal } from '../refusal.js';
import { answerQuery, type SiteAnswer } from './answer-query.js';
import { echoQuery } from './echo-query.js';
import { querySchema } from './query-schema.js';
import { nameOfMetric, type Query, readQuery } from './read-query.js';
import { defaultTimeoutMs } from './routes.js';
import { createStreamer, type Streamer, type StreamFormat } from './stream-query.js';

export type QueryDeps = {
  database: Database;
  now: () => number;
  /** How long one statement of a query may run. */
  queryTimeoutMs?: number;
};

// The first rows of a long answer come when all of it is sorted.
const streamShare = 3;
const noStore = { 'cache-control': 'no-store' };

/** `POST /api/v2/query`, and its JSON Schema (draft 2020-12). */
export function queryRoutes({ database, now, queryTimeoutMs = defaultTimeoutMs }: QueryDeps): Hono {
  const routes = new Hono();
  const deps = { database: database.within(queryTimeoutMs), now };
  const stream = createStreamer({ database: database.within(streamShare * queryTimeoutMs), now });
  routes.post('/api/v2/query', smallBody, async (c) => {
    const header = c.req.header('authorization');
    const { query, actor } = await readRequest(c, database, header);
    const format = chooseFormat(c.req.header('accept'));
    if (format !== 'json') {
      await auditExport(database, { query, format, by: { actor, at: now() } });
      return answerStream(stream, query, format);
    }
    const answers: SiteAnswer[] = [];
    for (const site of query.sites) answers.push(await answerQuery(deps, query, site));
    return c.json(joinAnswers(query, answers), 200, noStore);
  });
  routes.get('/api/v2/query/schema', (c) => c.json(z.toJSONSchema(querySchema, { io: 'input' })));
  return routes;
}

// Who may not read learns nothing of what a query should look like.
async function readRequest(
  c: Context,
  database: Database,
  header: string | undefined,
): Promise<{ query: Query; actor: string }> {
  const holder = await authorizeReader(database, { header });
  const query = readQuery(parseBody(await c.req.text()));
  for (const [at, site] of query.sites.entries()) {
    if (!holder.sites || holder.sites.includes(site)) continue;
    const path = query.isList ? `site_id[${at}]` : 'site_id';
    throw new Refusal(403, 'site', `${path}: you may not read the site "${site}"`, { path });
  }
  return { query, actor: actorOf(holder) };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new Refusal(400, 'bad_json', `body: expected JSON: ${reason}`, { path: 'body' });
  }
}

const formats: Record<StreamFormat, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv' };

function chooseFormat(accept: string | undefined): StreamFormat | 'json' {
  const types = (accept ?? '').toLowerCase().split(',').map(readMediaType);
  const [best] = types
    .filter(({ format, weight }) => format !== undefined && weight > 0)
    .sort((left, right) => right.weight - left.weight);
  return best?.format ?? 'json';
}

type MediaType = { format: StreamFormat | 'json' | undefined; weight: number };

// RFC 9110, section 12.5.1: text/csv;q=0.9
function readMediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
  const format = type === formats.ndjson ? 'ndjson' : type === formats.csv ? 'csv' : undefined;
  return { format: type === 'application/json' || type === '*/*' ? 'json' : format, weight };
}

async function answerStream(stream: Streamer, query: Query, format: StreamFormat): Promise<Response> {
  const headers = { ...noStore, 'content-type': `${formats[format]}; charset=utf-8` };
  return new Response(await stream(query, format), { headers });
}

type Export = { query: Query; format: StreamFormat; by: By };

// What was asked for, but not the filters, which may name a person.
async function auditExport(database: Database, { query, format, by }: Export): Promise<void> {
  const { metrics, dimensions } = query;
  const detail = { metrics: metrics.map(nameOfMetric), dimensions };
  await database.asOwner(async (tx) => {
    for (const site of query.sites)
      await writeAudit(tx, { ...by, site, action: 'query.export', target: format, detail });
  });
}

/** One answer as it is; of a list of sites the rows say which they are of, and so does the meta. */
function joinAnswers(query: Query, answers: SiteAnswer[]) {
  const [first] = answers;
  if (!first) throw new Error('query-routes: a query without a site');
  const echo = echoQuery(query, first.prepared);
  if (!query.isList) return { results: first.results, meta: first.meta, query: echo };
  return {
    results: answers.flatMap(({ results, prepared }) =>
      results.map((row) => ({ site_id: prepared.site, ...row })),
    ),
    meta: { sites: Object.fromEntries(answers.map(({ meta, prepared }) => [prepared.site, meta])) },
    query: echo,
  };
}
