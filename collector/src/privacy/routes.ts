import { siteSlug } from '@footfall/schema';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { actorOf } from '../access/principal.js';
import { answerLines } from '../answer-lines.js';
import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
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
export function privacyRoutes(deps: PrivacyDeps): Hono {
  const routes = new Hono();
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

async function readRequest({ database }: PrivacyDeps, c: Context): Promise<Asked> {
  const parsed = subjectSchema.safeParse(await c.req.json().catch(() => null));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.') || 'body';
    throw new Refusal(400, 'bad_request', `${path}: ${issue?.message ?? 'does not fit'}`, {
      path,
      expected: '{"site", "visitor"} or {"site", "user"}',
    });
  }
  const { site, visitor, user } = parsed.data;
  const header = c.req.header('authorization');
  const principal = await authorize(database, { header, allowed: ['owner', 'admin'], site });
  const name: SubjectName =
    visitor === undefined ? { site, kind: 'user', id: user ?? '' } : { site, kind: 'visitor', id: visitor };
  return { name, requestedBy: actorOf(principal) };
}
