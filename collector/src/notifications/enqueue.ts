import type { Transaction } from '../db/database.js';
import type { Message } from './message.js';

/** Where a message goes. */
export type Receivers = { webhook: string | null; emails: readonly string[] };

export type Enqueued = {
  site: string;
  /** Of one cause a target gets one message, whoever writes it and how often. */
  cause: string;
  alertId?: string;
  incidentId?: string;
  receivers: Receivers;
  message: Message;
  now: number;
};

/**
 * Writes one message for each receiver, to be sent by whichever collector comes first. E-mail recipients do not see each
 * other.
 *
 * @returns the ids of those that were not there yet
 */
export async function enqueueNotifications(tx: Transaction, enqueued: Enqueued): Promise<string[]> {
  const { site, cause, alertId, incidentId, receivers, message, now } = enqueued;
  const channels = [
    ...(receivers.webhook === null ? [] : [{ channel: 'webhook', target: receivers.webhook }]),
    ...receivers.emails.map((target) => ({ channel: 'email', target })),
  ];
  const rows = await tx.query<{ notification_id: string }>(
    `/* enqueue.enqueueNotifications */
     insert into footfall.notifications (created_at, next_attempt_at, site, cause, alert_id, incident_id, channel, target, message)
     select $1::timestamptz, $1::timestamptz, $2::text, $3::text, $4::uuid, $5::uuid, t.channel, t.target, $8::jsonb
     from unnest($6::text[], $7::text[]) as t (channel, target)
     on conflict do nothing returning notification_id`,
    [
      new Date(now).toISOString(),
      site,
      cause,
      alertId ?? null,
      incidentId ?? null,
      channels.map(({ channel }) => channel),
      channels.map(({ target }) => target),
      JSON.stringify(message),
    ],
  );
  return rows.map((row) => row.notification_id);
}
