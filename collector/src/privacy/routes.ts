import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { actorOf } from '../access/principal.js';
import { answerLines } from '../answer-lines.js';
import type { Database } from '../db/database.js';
import { parseInput, readInput } from '../read-input.js';
import { auditRead } from './audit-read.js';
import { erase } from './erase.js';
import { exportSubject } from './export.js';
import type { SubjectName } from './subject.js';

export type PrivacyDeps = {
  database: Database;
  spoolDir: string;
  now: () => number;
  log: (line: string) => void;
};

type Environment = { Bindings: HttpBindings };

const identifier = z.string().min(1).max(256);
/** The body of both: whose. */
export const subjectSchema = z
  .strictObject({ site: siteSlug, visitor: identifier.optional(), user: identifier.optional() })
  .refine(({ visitor, user }) => (visitor === undefined) !== (user === undefined), {
    path: ['visitor'],
    error: 'expected either visitor or user',
  });

type Asked = { name: SubjectName; requestedBy: string };

/**
 * `POST /api/v1/privacy/export` and `/erase` for a visitor or a user of a site. Both answer in lines of JSON, so that a
 * long run shows how far it is: rows and `{"done":true}`, or progress and at last the receipt.
 */
export function privacyRoutes(deps: PrivacyDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  routes.post('/api/v1/privacy/export', async (c) => {
    const { name, requestedBy } = await readRequest(deps, c);
    await auditRead(deps.database, { action: 'privacy.export', name, requestedBy, at: deps.now() });
    return answerLines(deps, c, async (write) => {
      for await (const row of exportSubject(deps, name)) await write(row);
      await write({ done: true });
    });
  });
  routes.post('/api/v1/privacy/erase', async (c) => {
    const asked = await readRequest(deps, c);
    return answerLines(deps, c, async (write) => {
      const onProgress = (progress: unknown) => void write({ progress });
      await write({ receipt: await erase(deps, { ...asked, onProgress }) });
    });
  });
  return routes;
}

async function readRequest({ database }: PrivacyDeps, c: Context<Environment>): Promise<Asked> {
  const input = await readInput(c.env.incoming);
  const { site, visitor, user } = parseInput(subjectSchema, input, 'bad_request');
  const header = c.req.header('authorization');
  const principal = await authorize(database, { header, allowed: ['owner', 'admin'], site });
  const name: SubjectName =
    visitor === undefined ? { site, kind: 'user', id: user ?? '' } : { site, kind: 'visitor', id: visitor };
  return { name, requestedBy: actorOf(principal) };
}
