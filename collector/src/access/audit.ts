import type { Transaction } from '../db/database.js';

/** A change that somebody made. */
export type AuditEntry = {
  /** Milliseconds since 1970. */
  at: number;
  /** Empty where it concerns no single site. */
  site: string;
  /** Who: the name and id of a key, or the command line. */
  actor: string;
  /** What was done, as `experiment.start`. */
  action: string;
  target: string;
  /** What was asked for, without secrets. */
  detail?: unknown;
};

/** Writes a line of the audit log in the transaction of the change, so that there is neither without the other. */
export async function writeAudit(
  tx: Transaction,
  { at, site, actor, action, target, detail }: AuditEntry,
): Promise<void> {
  await tx.query(
    `/* audit.writeAudit */
     insert into footfall.audit_log (at, site, actor, action, target, detail)
     values ($1::timestamptz, $2::text, $3::text, $4::text, $5::text, $6::jsonb)`,
    [new Date(at).toISOString(), site, actor, action, target, JSON.stringify(detail ?? null)],
  );
}
