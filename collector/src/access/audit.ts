import type { Transaction } from '../db/database.js';

/** Who changes something. */
export type By = {
  /** The name and id of a key, an operator, the command line, or the collector itself. */
  actor: string;
  /** Milliseconds since 1970; absent is the moment of the transaction. */
  at?: number;
};

/** What was done. */
export type AuditEntry = By & {
  /** Empty where it concerns no single site. */
  site: string;
  /** As `experiment.start`. */
  action: string;
  target: string;
  /** What was asked for, without secrets and without what tells of a person. */
  detail?: unknown;
};

/** What is done at a start, without anybody asking. */
export const byCollector: By = { actor: 'collector' };

/** What somebody does who has a shell on the machine. */
export const byCommandLine: By = { actor: 'command line' };

/** Writes a line of the audit log in the transaction of the change, so that there is neither without the other. */
export async function writeAudit(
  tx: Transaction,
  { at, site, actor, action, target, detail }: AuditEntry,
): Promise<void> {
  await tx.query(
    `/* audit.writeAudit */
     insert into footfall.audit_log (at, site, actor, action, target, detail)
     values (coalesce($1::timestamptz, now()), $2::text, $3::text, $4::text, $5::text, $6::jsonb)`,
    [toTime(at), site, actor, action, target, JSON.stringify(detail ?? null)],
  );
}

/** A parameter of a statement, null where the moment of the transaction is meant. */
export function toTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
