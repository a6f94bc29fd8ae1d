import { writeAudit } from '../access/audit.js';
import type { Database } from '../db/database.js';
import type { SubjectName } from './subject.js';
import { hashSubject, keepSubjectKey } from './tombstones.js';

type Read = {
  action: 'privacy.export' | 'visitor.read' | 'session.read';
  name: Omit<SubjectName, 'kind'> & { kind: SubjectName['kind'] | 'session' };
  requestedBy: string;
  at: number;
};

/** Writes down who read about a person, whom the audit log knows by a keyed hash alone. Done before the first row. */
export async function auditRead(database: Database, { action, name, requestedBy, at }: Read): Promise<void> {
  const { site, kind, id } = name;
  await database.asOwner(async (tx) => {
    const hash = hashSubject(await keepSubjectKey(tx), site, `${kind} ${id}`).toString('hex');
    await writeAudit(tx, {
      at,
      site,
      actor: requestedBy,
      action,
      target: `${kind} ${hash}`,
    });
  });
}

type ErrorRead = { site: string; id: string; requestedBy: string; at: number };

/** Writes down who read the samples of an error: they name visitors and sessions, of no one person alone. */
export async function auditErrorRead(
  database: Database,
  { site, id, requestedBy, at }: ErrorRead,
): Promise<void> {
  await database.asOwner((tx) =>
    writeAudit(tx, { at, site, actor: requestedBy, action: 'error.read', target: id }),
  );
}

type ListRead = { site: string; requestedBy: string; at: number };

/** Writes down who read the list of visits: it names visitors, of no one person alone. */
export async function auditSessionList(
  database: Database,
  { site, requestedBy, at }: ListRead,
): Promise<void> {
  await database.asOwner((tx) =>
    writeAudit(tx, { at, site, actor: requestedBy, action: 'session.list', target: site }),
  );
}
