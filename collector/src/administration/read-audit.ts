import type { Database } from '../db/database.js';
import { type Place, placeTime } from '../page-cursor.js';

export type AuditRow = {
  id: string;
  /** ISO 8601 in UTC, to the microsecond. */
  at: string;
  site: string;
  actor: string;
  action: string;
  target: string;
  detail: unknown;
};

/** Which lines; what is undefined is not asked for. Times are moments, `to` exclusive. */
export type AuditFilter = {
  /** Null is all, also what concerns no single site. */
  sites: string[] | null;
  from: string | undefined;
  to: string | undefined;
  /** A part of the name of who did it. */
  actor: string | undefined;
  /** An action, or how several begin: `key.` */
  action: string | undefined;
};

/** Lines of the audit log behind a place, the newest first. */
export async function readAudit(
  database: Database,
  { sites, from, to, actor, action }: AuditFilter,
  { after, limit }: { after: Place | undefined; limit: number },
): Promise<AuditRow[]> {
  return database.asOwner((tx) =>
    tx.query<AuditRow>(
      `/* read-audit.readAudit */
       select audit_id as id, ${placeTime('at')} as at, site, actor, action, target, detail
       from footfall.audit_log a
       where ($1::text[] is null or site = any ($1::text[]))
         and a.at >= coalesce($2::timestamptz, '-infinity') and a.at < coalesce($3::timestamptz, 'infinity')
         and ($4::text is null or strpos(lower(actor), lower($4::text)) > 0)
         and ($5::text is null or starts_with(action, $5::text))
         and ($6::timestamptz is null or (a.at, audit_id) < ($6::timestamptz, $7::uuid))
       order by a.at desc, audit_id desc limit $8::integer`,
      [
        sites,
        from ?? null,
        to ?? null,
        actor ?? null,
        action ?? null,
        after?.at ?? null,
        after?.id ?? null,
        limit,
      ],
    ),
  );
}
