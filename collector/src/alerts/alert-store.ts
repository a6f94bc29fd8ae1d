import { randomBytes } from 'node:crypto';
import { writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import type { AlertInput } from './alert-schema.js';
import type { Finding } from './rule.js';

export type Place = { site: string; id: string };
export type Author = { actor: string; at: number };

export type Alert = {
  id: string;
  site: string;
  name: string;
  rule: unknown;
  cooldownMinutes: number;
  enabled: boolean;
  webhook: { url: string; secret?: string } | null;
  emails: string[];
  createdAt: string;
  checkedAt: string | null;
  /** What is firing now: the site, or keys of experiments. */
  firing: string[];
};

type Row = {
  alert_id: string;
  site: string;
  name: string;
  rule: unknown;
  cooldown_minutes: number;
  enabled: boolean;
  webhook_url: string | null;
  webhook_secret?: string;
  emails: string[];
  created_at: Date;
  checked_at: Date | null;
  firing: string[];
};

const columns = `a.alert_id, a.site, a.name, a.rule, a.cooldown_minutes, a.enabled, a.webhook_url, a.emails, a.created_at,
  a.checked_at, array(select i.subject from footfall.alert_incidents i
    where i.site = a.site and i.alert_id = a.alert_id and i.resolved_at is null order by i.subject) as firing`;

/** The alerts of a site, by name. */
export async function listAlerts(database: Database, site: string): Promise<Alert[]> {
  const rows = await database.withSite(site, (tx) =>
    tx.query<Row>(
      `/* alert-store.listAlerts */ select ${columns} from footfall.alerts a where a.site = $1::text order by a.name`,
      [site],
    ),
  );
  return rows.map(toAlert);
}

/** One alert, undefined where the site has none of the id. */
export async function findAlert(database: Database, { site, id }: Place): Promise<Alert | undefined> {
  const rows = await database.withSite(site, (tx) =>
    tx.query<Row>(
      `/* alert-store.findAlert */
       select ${columns} from footfall.alerts a where a.site = $1::text and a.alert_id::text = $2::text`,
      [site, id],
    ),
  );
  return rows[0] && toAlert(rows[0]);
}

/** @returns the alert with the secret of its webhook; undefined where the name is taken */
export function addAlert(
  database: Database,
  site: string,
  { input, author }: { input: AlertInput; author: Author },
): Promise<Alert | undefined> {
  return database.asOwner(async (tx) => {
    const [row] = await tx.query<Row>(
      `/* alert-store.addAlert */
       insert into footfall.alerts as a (site, name, rule, cooldown_minutes, enabled, webhook_url, emails, created_at, webhook_secret)
       values ($1::text, $2::text, $3::jsonb, $4::integer, $5::boolean, $6::text, $7::text[], $8::timestamptz, $9::text)
       on conflict do nothing returning ${columns}, a.webhook_secret`,
      [site, ...valuesOf(input), new Date(author.at).toISOString(), input.webhook && makeSecret()],
    );
    if (row) await audit(tx, { row, author, action: 'alert.create' });
    return row && toAlert(row);
  });
}

/** The same for one that is there. Its secret stays, and is not told, unless a new one is asked for. */
export function replaceAlert(
  database: Database,
  { site, id }: Place,
  { input, author }: { input: AlertInput; author: Author },
): Promise<Alert | undefined> {
  return database.asOwner(async (tx) => {
    const [row] = await tx.query<Row & { is_new: boolean; is_other: boolean }>(
      `/* alert-store.replaceAlert */
       with before as (select webhook_secret, rule from footfall.alerts where site = $1::text and alert_id::text = $10::text for update)
       update footfall.alerts a set name = $2::text, rule = $3::jsonb, cooldown_minutes = $4::integer, enabled = $5::boolean,
         webhook_url = $6::text, emails = $7::text[], next_check_at = '-infinity',
         webhook_secret = case when $6::text is null then null when $8::boolean then $9::text else coalesce(before.webhook_secret, $9::text) end
       from before where a.site = $1::text and a.alert_id::text = $10::text
       returning ${columns}, a.webhook_secret, a.webhook_secret is distinct from before.webhook_secret as is_new,
         a.rule <> before.rule or not a.enabled as is_other`,
      [site, ...valuesOf(input), input.webhook?.rotateSecret ?? false, makeSecret(), id],
    );
    if (!row) return undefined;
    await audit(tx, { row, author, action: 'alert.change' });
    const firing = row.is_other ? await closeIncidents(tx, { site, id, at: author.at }) : row.firing;
    const { webhook_secret: secret, ...rest } = row;
    return toAlert({ ...rest, firing, ...(row.is_new && secret && { webhook_secret: secret }) });
  });
}

// Nobody would resolve them: what fired under another rule is no longer looked at.
async function closeIncidents(tx: Transaction, { site, id, at }: Place & { at: number }): Promise<string[]> {
  await tx.query(
    `/* alert-store.closeIncidents */
     update footfall.alert_incidents set resolved_at = $3::timestamptz
     where site = $1::text and alert_id::text = $2::text and resolved_at is null`,
    [site, id, new Date(at).toISOString()],
  );
  return [];
}

/** Deletes an alert with its history. False where the site has none of the id. */
export function deleteAlert(database: Database, { site, id }: Place, author: Author): Promise<boolean> {
  return database.asOwner(async (tx) => {
    const [row] = await tx.query<Row>(
      `/* alert-store.deleteAlert */
       delete from footfall.alerts a where a.site = $1::text and a.alert_id::text = $2::text returning ${columns}`,
      [site, id],
    );
    if (row) await audit(tx, { row, author, action: 'alert.delete' });
    return row !== undefined;
  });
}

export type Incident = Finding & {
  id: string;
  subject: string;
  state: 'firing' | 'resolved';
  startedAt: string;
  resolvedAt: string | null;
  notifications: unknown[];
};

const maxIncidents = 200;

/** The incidents of an alert, the newest first, each with what was sent about it. */
export async function listIncidents(database: Database, { site, id }: Place): Promise<Incident[]> {
  type IncidentRow = {
    incident_id: string;
    subject: string;
    finding: Finding;
    started_at: Date;
    resolved_at: Date | null;
    notifications: unknown[];
  };
  const rows = await database.withSite(site, (tx) =>
    tx.query<IncidentRow>(
      `/* alert-store.listIncidents */
       select i.incident_id, i.subject, i.finding, i.started_at, i.resolved_at, coalesce((
         select jsonb_agg(jsonb_build_object('cause', n.cause, 'channel', n.channel, 'attempts', n.attempts, 'deliveredAt', n.delivered_at,
           'nextAttemptAt', n.next_attempt_at, 'status', n.answer_status, 'failure', n.failure) order by n.created_at, n.notification_id)
         from footfall.notifications n where n.site = i.site and n.alert_id = i.alert_id and n.incident_id = i.incident_id
       ), '[]') as notifications
       from footfall.alert_incidents i where i.site = $1::text and i.alert_id::text = $2::text
       order by i.started_at desc, i.incident_id limit ${maxIncidents}`,
      [site, id],
    ),
  );
  return rows.map((row) => ({
    id: row.incident_id,
    subject: row.subject,
    state: row.resolved_at ? 'resolved' : 'firing',
    startedAt: row.started_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    ...row.finding,
    notifications: row.notifications,
  }));
}

const secretBytes = 32;

function makeSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('hex')}`;
}

function valuesOf({ name, rule, cooldownMinutes, enabled, webhook, emails }: AlertInput): unknown[] {
  return [name, JSON.stringify(rule), cooldownMinutes, enabled, webhook?.url ?? null, emails];
}

function toAlert({ webhook_url: url, webhook_secret: secret, ...row }: Row): Alert {
  return {
    id: row.alert_id,
    site: row.site,
    name: row.name,
    rule: row.rule,
    cooldownMinutes: row.cooldown_minutes,
    enabled: row.enabled,
    webhook: url === null ? null : { url, ...(secret && { secret }) },
    emails: row.emails,
    createdAt: row.created_at.toISOString(),
    checkedAt: row.checked_at?.toISOString() ?? null,
    firing: row.firing,
  };
}

type Audited = { row: Row; author: Author; action: string };

// Not where it goes: the address of a webhook often is its password.
async function audit(tx: Transaction, { row, author, action }: Audited): Promise<void> {
  const { site, alert_id: target, name, rule, enabled, cooldown_minutes: cooldownMinutes, emails } = row;
  const detail = {
    name,
    rule,
    enabled,
    cooldownMinutes,
    emails: emails.length,
    webhook: row.webhook_url !== null,
  };
  await writeAudit(tx, { ...author, site, action, target, detail });
}
