import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { writeAudit } from '../access/audit.js';
import { authorize } from '../access/authorize.js';
import { actorOf } from '../access/principal.js';
import { emailsSchema } from '../alerts/alert-schema.js';
import { requireMail } from '../alerts/routes.js';
import type { Database, Transaction } from '../db/database.js';
import type { DeliverySettings } from '../notifications/deliver.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import type { Frequency } from './due-period.js';

export type MailReportDeps = DeliverySettings & { database: Database; now: () => number };

type Environment = { Bindings: HttpBindings };
type Author = { actor: string; at: number };

const base = '/api/v1/mail-reports';
const readers = ['owner', 'admin', 'analyst'] as const;
const writers = ['owner', 'admin'] as const;

/** What is given to create or replace a mail report, beside the site. */
export const reportSchema = z.strictObject({
  frequency: z.enum(['weekly', 'monthly']),
  recipients: emailsSchema.min(1),
  enabled: z.boolean().default(true),
});

type Input = z.infer<typeof reportSchema>;

type Row = {
  report_id: string;
  site: string;
  frequency: Frequency;
  recipients: string[];
  enabled: boolean;
  created_at: Date;
  last_from: string | null;
};

const columns = 'report_id, site, frequency, recipients, enabled, created_at, last_from';

/** `/api/v1/mail-reports`: weekly and monthly e-mails with the numbers of a site. Its admins keep the lists. */
export function mailReportRoutes(deps: MailReportDeps): Hono<Environment> {
  const { database } = deps;
  const routes = new Hono<Environment>();

  routes.get(base, async (c) => {
    const { site } = parseInput(z.object({ site: siteSlug }), c.req.query(), 'bad_query');
    await authorize(database, { header: c.req.header('authorization'), allowed: readers, site });
    const rows = await database.withSite(site, (tx) =>
      tx.query<Row>(
        `/* mail-reports.list */
         select ${columns} from footfall.mail_reports where site = $1::text order by created_at, report_id`,
        [site],
      ),
    );
    return answer(c, { mailReports: rows.map(toReport) });
  });

  routes.post(base, async (c) => {
    const { site, input, author } = await readWrite(c, deps);
    const added = await database.asOwner((tx) => add(tx, { site, input, author }));
    return c.json(added, 201);
  });

  routes.put(`${base}/:id`, async (c) => {
    const { site, input, author } = await readWrite(c, deps);
    const id = c.req.param('id');
    return answer(c, await database.asOwner((tx) => replace(tx, { site, id, input, author })));
  });

  routes.delete(`${base}/:id`, async (c) => {
    const { site } = parseInput(z.object({ site: siteSlug }), c.req.query(), 'bad_query');
    const author = await requireAuthor(deps, c, site);
    await database.asOwner((tx) => remove(tx, { site, id: c.req.param('id'), author }));
    return c.body(null, 204);
  });
  return routes;
}

type Adding = { site: string; input: Input; author: Author };

async function add(tx: Transaction, { site, input, author }: Adding) {
  const [row] = await tx.query<Row>(
    `/* mail-reports.add */
     insert into footfall.mail_reports (site, frequency, recipients, enabled, created_at)
     values ($1::text, $2::text, $3::text[], $4::boolean, $5::timestamptz) returning ${columns}`,
    [site, input.frequency, input.recipients, input.enabled, new Date(author.at).toISOString()],
  );
  return audited(tx, row, { author, action: 'mail_report.create' });
}

type Replacing = Adding & { id: string };

async function replace(tx: Transaction, { site, id, input, author }: Replacing) {
  const [row] = await tx.query<Row>(
    `/* mail-reports.replace */
     update footfall.mail_reports set recipients = $4::text[], enabled = $5::boolean, frequency = $3::text,
       last_from = case when frequency = $3::text then last_from end
     where site = $1::text and report_id::text = $2::text returning ${columns}`,
    [site, id, input.frequency, input.recipients, input.enabled],
  );
  if (!row) throw missing(id);
  return audited(tx, row, { author, action: 'mail_report.change' });
}

type Removing = { site: string; id: string; author: Author };

async function remove(tx: Transaction, { site, id, author }: Removing) {
  const [row] = await tx.query<Row>(
    `/* mail-reports.remove */
     delete from footfall.mail_reports where site = $1::text and report_id::text = $2::text returning ${columns}`,
    [site, id],
  );
  if (!row) throw missing(id);
  await audited(tx, row, { author, action: 'mail_report.delete' });
}

async function audited(
  tx: Transaction,
  row: Row | undefined,
  { author, action }: { author: Author; action: string },
) {
  if (!row) throw new Error(`${action}: expected a row`);
  const { site, report_id: target, frequency, enabled, recipients } = row;
  const detail = { frequency, enabled, recipients: recipients.length };
  await writeAudit(tx, { ...author, site, action, target, detail });
  return toReport(row);
}

async function readWrite(c: Context<Environment>, deps: MailReportDeps) {
  const body = await readInput(c.env.incoming);
  const { site, ...given } = parseInput(z.looseObject({ site: siteSlug }), body, 'bad_report');
  const author = await requireAuthor(deps, c, site);
  const input = parseInput(reportSchema, given, 'bad_report');
  requireMail(deps, input.recipients);
  return { site, input, author };
}

async function requireAuthor({ database, now }: MailReportDeps, c: Context, site: string): Promise<Author> {
  const header = c.req.header('authorization');
  return { actor: actorOf(await authorize(database, { header, allowed: writers, site })), at: now() };
}

function toReport({ report_id: id, created_at: createdAt, last_from: lastFrom, ...row }: Row) {
  return { id, ...row, createdAt: createdAt.toISOString(), lastFrom };
}

function answer(c: Context, body: object): Response {
  return c.json(body, 200, { 'cache-control': 'no-store' });
}

function missing(id: string): Refusal {
  return new Refusal(404, 'not_found', `id: there is no mail report "${id}"`, { path: 'id' });
}
