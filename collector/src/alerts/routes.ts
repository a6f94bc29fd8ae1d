import { randomUUID } from 'node:crypto';
import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import type { Role } from '../access/keys.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { sqlstateOf } from '../db/failure.js';
import { type DeliverySettings, deliverOnce } from '../notifications/deliver.js';
import { enqueueNotifications } from '../notifications/enqueue.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { type AlertInput, alertSchema } from './alert-schema.js';
import {
  type Alert,
  type Author,
  addAlert,
  deleteAlert,
  findAlert,
  listAlerts,
  listIncidents,
  type Place,
  replaceAlert,
} from './alert-store.js';
import { describeIncident } from './describe-incident.js';
import { ruleSchema } from './rule.js';

export type AlertDeps = DeliverySettings & { database: Database; now: () => number };

type Environment = { Bindings: HttpBindings };

const base = '/api/v1/alerts';
const one = `${base}/:id`;
const readers = ['owner', 'admin', 'analyst'] as const;
const writers = ['owner', 'admin'] as const;
const uniqueViolation = '23505';

/** `/api/v1/alerts`: who may read the site sees its alerts and incidents, its admins change and test them. */
export function alertRoutes(deps: AlertDeps): Hono<Environment> {
  const { database } = deps;
  const routes = new Hono<Environment>();

  routes.get(base, async (c) => {
    const site = readSite(c);
    const { role } = await require(deps, c, { site, allowed: readers });
    const alerts = await listAlerts(database, site);
    return answer(c, { alerts: alerts.map((alert) => showTo(role, alert)) });
  });

  routes.post(base, async (c) => {
    const { site, input, author } = await readWrite(c, deps);
    const added = await addAlert(database, site, { input, author });
    if (!added) throw taken(input);
    return c.json(added, 201, { 'cache-control': 'no-store' });
  });

  routes.get(one, async (c) => {
    const place = readPlace(c);
    const { role } = await require(deps, c, { site: place.site, allowed: readers });
    return answer(c, showTo(role, await requireAlert(database, place)));
  });

  routes.put(one, async (c) => {
    const { site, input, author } = await readWrite(c, deps);
    const place = { site, id: c.req.param('id') };
    const replaced = await replaceAlert(database, place, { input, author }).catch((error) => {
      throw sqlstateOf(error) === uniqueViolation ? taken(input) : error;
    });
    if (!replaced) throw missing(place);
    return answer(c, replaced);
  });

  routes.delete(one, async (c) => {
    const place = readPlace(c);
    const author = await requireAuthor(deps, c, place.site);
    if (!(await deleteAlert(database, place, author))) throw missing(place);
    return c.body(null, 204);
  });

  routes.get(`${one}/incidents`, async (c) => {
    const place = readPlace(c);
    await require(deps, c, { site: place.site, allowed: readers });
    await requireAlert(database, place);
    return answer(c, { incidents: await listIncidents(database, place) });
  });

  routes.post(`${one}/test`, async (c) => {
    const { site } = parseInput(
      z.strictObject({ site: siteSlug }),
      await readInput(c.env.incoming),
      'bad_alert',
    );
    await requireAuthor(deps, c, site);
    const alert = await requireAlert(database, { site, id: c.req.param('id') });
    return answer(c, { notifications: await sendTest(deps, alert) });
  });
  return routes;
}

/** Sends each receiver of an alert a message that says it is a test, at once and once. */
async function sendTest(deps: AlertDeps, alert: Alert) {
  const { database } = deps;
  const [now, testId] = [deps.now(), randomUUID()];
  const at = new Date(now).toISOString();
  const { site, id: alertId, name } = alert;
  const message = describeIncident({
    alert: { site, alertId, name, rule: ruleSchema.parse(alert.rule) },
    incident: {
      incidentId: testId,
      subject: site,
      startedAt: at,
      finding: { observed: null, expected: null, summary: 'This is a test: nothing has happened.' },
    },
    state: 'test',
  });
  const receivers = { webhook: alert.webhook?.url ?? null, emails: alert.emails };
  const cause = `test:${testId}`;
  const ids = await database.asOwner((tx) =>
    enqueueNotifications(tx, { site, cause, alertId, receivers, message, now }),
  );
  const sent = await deliverOnce(database, { site, ids, now, settings: deps });
  return sent.map(({ channel, target, status, failure }) => ({ channel, target, status, failure }));
}

// The address of a webhook often holds its password: who may only read sees its host.
function showTo(role: Role, alert: Alert): Alert {
  if (role !== 'analyst' || alert.webhook === null) return alert;
  return { ...alert, webhook: { url: `${new URL(alert.webhook.url).origin}/…` } };
}

async function readWrite(c: Context<Environment>, deps: AlertDeps) {
  const body = parseInput(z.looseObject({ site: siteSlug }), await readInput(c.env.incoming), 'bad_alert');
  const { site, ...given } = body;
  const author = await requireAuthor(deps, c, site);
  const input = parseInput(alertSchema, given, 'bad_alert');
  requireMail(deps, input.emails);
  return { site, input, author };
}

/** @throws Refusal 422 where e-mails are asked for and the installation sends none */
export function requireMail({ smtpUrl }: DeliverySettings, emails: readonly string[]): void {
  if (emails.length === 0 || smtpUrl !== undefined) return;
  throw new Refusal(422, 'no_mail', 'emails: this installation sends no e-mail', {
    path: 'emails',
    hint: 'its operator sets FOOTFALL_SMTP_URL',
  });
}

type Demand = { site: string; allowed: readonly Role[] };

function require({ database }: AlertDeps, c: Context, demand: Demand) {
  return authorize(database, { header: c.req.header('authorization'), ...demand });
}

async function requireAuthor(deps: AlertDeps, c: Context, site: string): Promise<Author> {
  return { actor: actorOf(await require(deps, c, { site, allowed: writers })), at: deps.now() };
}

async function requireAlert(database: Database, place: Place): Promise<Alert> {
  const alert = await findAlert(database, place);
  if (!alert) throw missing(place);
  return alert;
}

function readSite(c: Context): string {
  return parseInput(z.object({ site: siteSlug }), c.req.query(), 'bad_query').site;
}

function readPlace(c: Context<Environment, `${typeof base}/:id`>): Place {
  return { site: readSite(c), id: c.req.param('id') };
}

function answer(c: Context, body: object): Response {
  return c.json(body, 200, { 'cache-control': 'no-store' });
}

function taken({ name }: AlertInput): Refusal {
  return new Refusal(409, 'taken', `name: there is an alert "${name}" already`, { path: 'name' });
}

function missing({ id }: Place): Refusal {
  return new Refusal(404, 'not_found', `id: there is no alert "${id}"`, { path: 'id' });
}
