import type { Database, Transaction } from '../db/database.js';
import { enqueueNotifications, type Receivers } from '../notifications/enqueue.js';
import { describeIncident } from './describe-incident.js';
import type { Finding, Rule, Verdict } from './rule.js';
import { iso } from './window.js';

export type Recording = {
  site: string;
  alertId: string;
  name: string;
  rule: Rule;
  verdicts: Verdict[];
  /** Whether what is not among the verdicts is over: an experiment that was stopped. */
  isComplete: boolean;
  now: number;
};

/** Opens and resolves the incidents of a rule, and writes what is to be sent about them in the same transaction. */
export async function recordVerdicts(database: Database, recording: Recording): Promise<void> {
  const { verdicts, isComplete } = recording;
  await database.asOwner(async (tx) => {
    const receivers = await lockAlert(tx, recording);
    if (!receivers) return;
    for (const verdict of verdicts.filter(({ isFiring }) => isFiring))
      await open(tx, { ...recording, verdict, receivers });
    const firing = verdicts.filter(({ isFiring }) => isFiring).map(({ subject }) => subject);
    const quiet = verdicts.filter(({ isFiring }) => !isFiring).map(({ subject }) => subject);
    await resolve(tx, { ...recording, receivers, firing, quiet: isComplete ? undefined : quiet });
  });
}

// One collector at a time: the cooldown is looked at under the lock.
async function lockAlert(tx: Transaction, { site, alertId }: Recording): Promise<Receivers | undefined> {
  const [row] = await tx.query<{ webhook_url: string | null; emails: string[] }>(
    `/* record-verdicts.lockAlert */
     select webhook_url, emails from footfall.alerts where site = $1::text and alert_id = $2::uuid and enabled for update`,
    [site, alertId],
  );
  return row && { webhook: row.webhook_url, emails: row.emails };
}

type Opening = Recording & { verdict: Verdict; receivers: Receivers };

// A rule and subject fire once until they are resolved, and not again before the cooldown has passed since then.
async function open(tx: Transaction, { verdict, receivers, ...recording }: Opening): Promise<void> {
  const { site, alertId, now } = recording;
  const { subject, finding } = verdict;
  const [opened] = await tx.query<{ incident_id: string }>(
    `/* record-verdicts.open */
     insert into footfall.alert_incidents (started_at, site, alert_id, subject, finding)
     select $4::timestamptz, a.site, a.alert_id, $3::text, $5::jsonb from footfall.alerts a
     where a.site = $1::text and a.alert_id = $2::uuid and not exists (
       select from footfall.alert_incidents i
       where i.site = a.site and i.alert_id = a.alert_id and i.subject = $3::text
         and i.resolved_at > $4::timestamptz - make_interval(mins => a.cooldown_minutes)
     )
     on conflict do nothing returning incident_id`,
    [site, alertId, subject, iso(now), JSON.stringify(finding)],
  );
  if (!opened) return;
  const incident = { incidentId: opened.incident_id, subject, finding, startedAt: iso(now) };
  await notify(tx, { ...recording, receivers, incident, state: 'firing' });
}

type Resolving = Recording & { receivers: Receivers; firing: string[]; quiet: string[] | undefined };
type Resolved = { incident_id: string; subject: string; finding: Finding; started_at: Date };

async function resolve(
  tx: Transaction,
  { firing, quiet, receivers, ...recording }: Resolving,
): Promise<void> {
  const { site, alertId, now } = recording;
  const resolved = await tx.query<Resolved>(
    `/* record-verdicts.resolve */
     update footfall.alert_incidents set resolved_at = $3::timestamptz
     where site = $1::text and alert_id = $2::uuid and resolved_at is null
       and subject <> all ($4::text[]) and ($5::text[] is null or subject = any ($5::text[]))
     returning incident_id, subject, finding, started_at`,
    [site, alertId, iso(now), firing, quiet ?? null],
  );
  for (const { incident_id: incidentId, subject, finding, started_at: startedAt } of resolved) {
    const incident = {
      incidentId,
      subject,
      finding,
      startedAt: startedAt.toISOString(),
      resolvedAt: iso(now),
    };
    await notify(tx, { ...recording, receivers, incident, state: 'resolved' });
  }
}

type Notifying = Recording & {
  receivers: Receivers;
  incident: Parameters<typeof describeIncident>[0]['incident'];
  state: 'firing' | 'resolved';
};

async function notify(tx: Transaction, { receivers, incident, state, ...alert }: Notifying): Promise<void> {
  const { site, alertId, now } = alert;
  await enqueueNotifications(tx, {
    site,
    cause: `incident:${incident.incidentId}:${state}`,
    alertId,
    incidentId: incident.incidentId,
    receivers,
    message: describeIncident({ alert, incident, state }),
    now,
  });
}
