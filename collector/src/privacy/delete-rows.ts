import type { Database, Transaction } from '../db/database.js';
import { personalTables } from './personal-tables.js';
import { type Subject, withSubject } from './subject.js';

/** How many rows went, by table; of the rollups, the quarter hours to make again. */
export type Deleted = { rows: Record<string, number>; buckets: Set<string> };

type Gone = { event_id: string; bucket: string };

const events = personalTables.filter(({ table }) => table === 'events');
const others = personalTables.filter(({ table }) => table !== 'events');
const byEvent = others.filter(({ holds }) => holds.includes('s.events'));

/** Partitions of the events, in the order of their names. Rows move out of the default one: read it last. */
export async function listEventTables(tx: Transaction): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `/* delete-rows.listEventTables */
     select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'footfall.events'::regclass order by c.relname`,
  );
  return rows.map(({ name }) => name);
}

/** The tables of the list that this schema has. */
export async function keepExisting<Table extends { table: string }>(
  tx: Transaction,
  tables: readonly Table[],
): Promise<Table[]> {
  const rows = await tx.query<{ name: string }>(
    `/* delete-rows.keepExisting */
     select relname as name from pg_class where relnamespace = 'footfall'::regnamespace and relname = any ($1::text[])`,
    [tables.map(({ table }) => table)],
  );
  const names = new Set(rows.map(({ name }) => name));
  return tables.filter(({ table }) => names.has(table));
}

/** Deletes the events of one partition, and what is known of each besides. */
export async function deleteEvents(
  database: Database,
  { subject, partition, deleted }: { subject: Subject; partition: string; deleted: Deleted },
): Promise<void> {
  const [{ holds } = { holds: 'false' }] = events;
  await database.asOwner(async (tx) => {
    await deleteMarked(tx, { subject, table: partition, holds, deleted });
  });
}

/** Deletes everything else, and what came for the sessions while the partitions were gone through. */
export async function deleteRest(
  tx: Transaction,
  { subject, deleted }: { subject: Subject; deleted: Deleted },
): Promise<void> {
  await deleteMarked(tx, { subject, table: 'events', holds: 't.session_id = any (s.sessions)', deleted });
  for (const { table, holds, afterRollup } of await keepExisting(tx, others)) {
    if (afterRollup) continue;
    if (table === 'sessions') await deleteSessions(tx, { subject, holds, deleted });
    else await deleteFrom(tx, { subject, table, holds, deleted });
  }
}

/** Deletes what the rollups themselves should have deleted: nothing, unless the events were gone before. */
export async function deleteAfterRollup(
  tx: Transaction,
  { subject, deleted }: { subject: Subject; deleted: Deleted },
): Promise<void> {
  for (const { table, holds } of others.filter(({ afterRollup }) => afterRollup))
    await deleteFrom(tx, { subject, table, holds, deleted });
}

/** How many rows the rollups will delete by themselves. */
export async function countBeforeRollup(
  tx: Transaction,
  { subject, deleted }: { subject: Subject; deleted: Deleted },
): Promise<void> {
  const { clause, values } = withSubject(subject);
  for (const { table, holds } of others.filter(({ afterRollup }) => afterRollup)) {
    const rows = await tx.query<{ rows: number }>(
      `/* delete-rows.countBeforeRollup */
       ${clause} select count(*) as rows from footfall.${table} t, s where t.site = s.site and (${holds})`,
      values,
    );
    add(deleted, table, rows[0]?.rows ?? 0);
  }
}

type Deletion = {
  subject: Subject;
  table: string;
  holds: string;
  deleted: Deleted;
};

async function deleteMarked(tx: Transaction, { subject, table, holds, deleted }: Deletion): Promise<void> {
  const { clause, values } = withSubject(subject);
  const gone = await tx.query<Gone>(
    `/* delete-rows.deleteMarked */
     ${clause},
     gone as (
       delete from footfall.${table} t using s where t.site = s.site and (${holds})
       returning t.site, t.event_id, footfall.rollup_bucket(t.occurred_at) as bucket
     ),
     marked as (
       insert into footfall.rollup_marks (site, bucket) select distinct site, bucket from gone
     )
     select event_id, to_json(bucket) #>> '{}' as bucket from gone`,
    values,
  );
  add(deleted, 'events', gone.length);
  for (const { bucket } of gone) deleted.buckets.add(bucket);
  const ids = gone.map(({ event_id }) => event_id);
  if (ids.length === 0) return;
  for (const other of await keepExisting(tx, byEvent))
    await deleteFrom(tx, { subject, ...other, deleted, events: ids });
}

async function deleteSessions(
  tx: Transaction,
  { subject, holds, deleted }: Omit<Deletion, 'table'>,
): Promise<void> {
  const { clause, values } = withSubject(subject);
  const gone = await tx.query<{ bucket: string }>(
    `/* delete-rows.deleteSessions */
     ${clause},
     gone as (
       delete from footfall.sessions t using s where t.site = s.site and (${holds})
       returning t.site, footfall.rollup_bucket(t.started_at) as bucket
     ),
     marked as (
       insert into footfall.rollup_marks (site, bucket) select distinct site, bucket from gone
     )
     select to_json(bucket) #>> '{}' as bucket from gone`,
    values,
  );
  add(deleted, 'sessions', gone.length);
  for (const { bucket } of gone) deleted.buckets.add(bucket);
}

async function deleteFrom(
  tx: Transaction,
  { subject, table, holds, deleted, events }: Deletion & { events?: string[] },
): Promise<void> {
  const { clause, values } = withSubject(subject, events && { events });
  const gone = await tx.query(
    `/* delete-rows.deleteFrom */
     ${clause} delete from footfall.${table} t using s where t.site = s.site and (${holds}) returning 1`,
    values,
  );
  add(deleted, table, gone.length);
}

function add({ rows }: Deleted, table: string, count: number): void {
  rows[table] = (rows[table] ?? 0) + count;
}
