import type { Networks } from '../access/networks.js';
import type { Database } from '../db/database.js';
import { RefusedDestination } from './find-destination.js';
import type { Message } from './message.js';
import { type MailSettings, sendMail } from './send-mail.js';
import { sendWebhook } from './send-webhook.js';

export type DeliverySettings = MailSettings & {
  /** Networks that webhooks may reach although they are not of the public internet. */
  webhookNetworks?: Networks | undefined;
};

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** How long after which attempt the next one comes. After the last there is none. */
export const retryAfterMs = [30 * secondMs, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, 120 * minuteMs];
const batchSize = 20;

type Row = {
  site: string;
  notification_id: string;
  channel: 'webhook' | 'email';
  target: string;
  message: Message;
  created_at: Date;
  attempts: number;
  webhook_secret: string | null;
};

/** How an attempt ended. */
export type Outcome = {
  status: number | null;
  answer: string | null;
  /** Null where it arrived. */
  failure: string | null;
  /** Whether another attempt could change that. */
  isFinal: boolean;
};

/** Sends what is due, each message from one collector. What fails is tried again, six times in all. */
export async function deliverNotifications(
  database: Database,
  now: number,
  _log: (line: string) => void,
  settings: DeliverySettings,
): Promise<void> {
  const claimed = await claimDue(database, now);
  await Promise.all(claimed.map((row) => deliver(database, { row, now, settings })));
}

/** Sends these messages once, whatever comes of it. */
export async function deliverOnce(
  database: Database,
  { site, ids, now, settings }: { site: string; ids: string[]; now: number; settings: DeliverySettings },
): Promise<({ channel: string; target: string } & Outcome)[]> {
  const claimed = await claimThese(database, { site, ids, now });
  return Promise.all(
    claimed.map(async (row) => {
      const outcome = { ...(await attempt(row, { now, settings })), isFinal: true };
      await record(database, { row, outcome, now });
      return { channel: row.channel, target: row.target, ...outcome };
    }),
  );
}

// The time of the next attempt is written before this one: a collector that ends halfway costs an attempt, no message,
// and a message twice only where it ended between the answer and the record of it.
const claim = `update footfall.notifications n set attempts = n.attempts + 1,
         next_attempt_at = $1::timestamptz + make_interval(secs => ($2::float8[])[n.attempts + 1])
       from due left join footfall.alerts a on a.site = due.site and a.alert_id = due.alert_id
       where n.site = due.site and n.notification_id = due.notification_id
       returning n.site, n.notification_id, n.channel, n.target, n.message, n.created_at, n.attempts, a.webhook_secret`;

const waitsSeconds = [...retryAfterMs, ...retryAfterMs.slice(-1)].map((ms) => ms / secondMs);

function claimDue(database: Database, now: number): Promise<Row[]> {
  return database.asOwner((tx) =>
    tx.query<Row>(
      `/* deliver.claimDue */
       with due as (
         select site, notification_id, alert_id from footfall.notifications
         where next_attempt_at <= $1::timestamptz order by next_attempt_at limit ${batchSize} for update skip locked
       ) ${claim}`,
      [new Date(now).toISOString(), waitsSeconds],
    ),
  );
}

type These = { site: string; ids: string[]; now: number };

function claimThese(database: Database, { site, ids, now }: These): Promise<Row[]> {
  return database.asOwner((tx) =>
    tx.query<Row>(
      `/* deliver.claimThese */
       with due as (
         select site, notification_id, alert_id from footfall.notifications
         where site = $3::text and notification_id = any ($4::uuid[]) and attempts = 0 for update skip locked
       ) ${claim}`,
      [new Date(now).toISOString(), waitsSeconds, site, ids],
    ),
  );
}

type Attempt = { row: Row; now: number; settings: DeliverySettings };

async function deliver(database: Database, { row, now, settings }: Attempt): Promise<void> {
  const outcome = await attempt(row, { now, settings });
  await record(database, { row, outcome, now });
}

async function attempt(row: Row, { now, settings }: Omit<Attempt, 'row'>): Promise<Outcome> {
  try {
    if (row.channel === 'webhook') return await postWebhook(row, { now, settings });
    await sendMail(settings, { id: row.notification_id, to: row.target, message: row.message });
    return { status: null, answer: null, failure: null, isFinal: true };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { status: null, answer: null, failure, isFinal: error instanceof RefusedDestination };
  }
}

async function postWebhook(row: Row, { now, settings }: Omit<Attempt, 'row'>): Promise<Outcome> {
  const { notification_id: id, target: url, message, webhook_secret: secret } = row;
  // The rule has had its webhook taken away since.
  if (secret === null)
    return { status: null, answer: null, failure: 'the alert has no webhook', isFinal: true };
  const body = JSON.stringify({
    id,
    event: message.event,
    createdAt: row.created_at.toISOString(),
    ...(message.data as object),
  });
  const webhook = { url, secret, id, event: message.event, body, now };
  const answer = await sendWebhook(webhook, { allowed: settings.webhookNetworks });
  const isDone = answer.status >= 200 && answer.status < 300;
  const failure = isDone ? null : explainStatus(answer.status);
  return { status: answer.status, answer: answer.body, failure, isFinal: isDone || answer.status === 410 };
}

function explainStatus(status: number): string {
  const hint = status >= 300 && status < 400 ? ': redirects are not followed' : '';
  return `expected a status of 200 to 299, got ${status}${hint}`;
}

type Recorded = { row: Row; outcome: Outcome; now: number };

const maxFailureChars = 300;

async function record(database: Database, { row, outcome, now }: Recorded): Promise<void> {
  const { failure, isFinal, status, answer } = outcome;
  const isOver = isFinal || row.attempts > retryAfterMs.length;
  await database.asOwner((tx) =>
    tx.query(
      `/* deliver.record */
       update footfall.notifications set delivered_at = case when $4::text is null then $3::timestamptz end, failure = $4::text,
         answer_status = $5::integer, answer = $6::text, next_attempt_at = case when $7::boolean then null else next_attempt_at end
       where site = $1::text and notification_id = $2::uuid`,
      [
        row.site,
        row.notification_id,
        new Date(now).toISOString(),
        failure?.slice(0, maxFailureChars) ?? null,
        status,
        answer && keepAscii(answer),
        isOver,
      ],
    ),
  );
}

// Whatever a receiver answers with, as at most 1,024 bytes of text that the database can hold.
function keepAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\n]/g, '?');
}

const keptDays = 90;
const dayMs = 86_400_000;

/** Deletes messages and resolved incidents that are older than 90 days. */
export async function deleteOldNotifications(database: Database, now: number): Promise<void> {
  const before = new Date(now - keptDays * dayMs).toISOString();
  await database.asOwner(async (tx) => {
    await tx.query(
      '/* deliver.deleteOldNotifications */ delete from footfall.notifications where created_at < $1::timestamptz',
      [before],
    );
    await tx.query(
      '/* deliver.deleteOldIncidents */ delete from footfall.alert_incidents where resolved_at < $1::timestamptz',
      [before],
    );
  });
}
