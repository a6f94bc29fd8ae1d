import { type Asker, type Finding, formatBytes } from './finding.js';

const maxShown = 10;
const minIndexBytes = 1 << 20;
const minDeadRows = 10_000;
const minDaysAhead = 2;
const maxMarkedDays = 4;

type Size = {
  table: string;
  bytes: string;
  index_bytes: string;
  rows: string;
  dead: string;
  partitions: number;
};

/** Sizes of the tables, their partitions summed up, and rows that wait for VACUUM. */
export async function checkSizes({ query }: Asker): Promise<Finding[]> {
  const rows = await query<Size>(
    `/* doctor.checkSizes */
     with leaves as (
       select c.oid, c.reltuples, coalesce(p.relname, c.relname) as name, p.oid is not null as is_partition
       from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
       where c.relnamespace = 'footfall'::regnamespace and c.relkind = 'r'
     )
     select l.name as "table", sum(pg_total_relation_size(l.oid))::text as bytes,
       sum(pg_indexes_size(l.oid))::text as index_bytes, sum(greatest(l.reltuples, s.n_live_tup, 0))::bigint::text as rows,
       coalesce(sum(s.n_dead_tup), 0)::text as dead, count(*) filter (where is_partition)::integer as partitions
     from leaves l left join pg_stat_user_tables s on s.relid = l.oid
     group by l.name order by sum(pg_total_relation_size(l.oid)) desc`,
  );
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const bloated = rows.filter(
    ({ rows: live, dead }) => Number(dead) > minDeadRows && Number(dead) > Number(live) / 5,
  );
  return [
    {
      check: 'sizes',
      status: 'ok',
      message: `${formatBytes(total)} in ${rows.length} tables`,
      details: rows.slice(0, maxShown).map((row) => ({
        table: row.table,
        size: formatBytes(Number(row.bytes)),
        indexes: formatBytes(Number(row.index_bytes)),
        rows: Number(row.rows),
        ...(row.partitions > 0 && { partitions: row.partitions }),
      })),
    },
    {
      check: 'vacuum',
      status: bloated.length > 0 ? 'warn' : 'ok',
      message: `${bloated.length} tables with more than a fifth of dead rows`,
      ...(bloated.length > 0 && {
        hint: bloated.map(({ table }) => `vacuum (analyze) footfall.${table};`).join('\n'),
      }),
    },
  ];
}

/** Indexes that were never used since the statistics began, partitions summed up. Those that keep rows unique do not count. */
export async function checkIndexes({ query }: Asker): Promise<Finding> {
  const rows = await query<{ index: string; bytes: string }>(
    `/* doctor.checkIndexes */
     select coalesce(p.relname, c.relname) as index, sum(pg_relation_size(c.oid))::text as bytes
     from pg_stat_user_indexes s join pg_class c on c.oid = s.indexrelid join pg_index x on x.indexrelid = c.oid
     left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
     where s.schemaname = 'footfall' and not x.indisunique
     group by 1 having sum(s.idx_scan) = 0 and sum(pg_relation_size(c.oid)) > $1::bigint
     order by sum(pg_relation_size(c.oid)) desc`,
    [minIndexBytes],
  );
  return {
    check: 'unused indexes',
    status: 'ok',
    message: `${rows.length} of more than 1 MiB since the statistics began`,
    details: rows.map(({ index, bytes }) => ({ index, size: formatBytes(Number(bytes)) })),
  };
}

/** Whether events have a partition to go to, and whether the jobs keep up. */
export async function checkJobs({ query, now }: Asker): Promise<Finding[]> {
  const today = new Date(now()).toISOString().slice(0, 10);
  const [row] = await query<{ ahead: number | null; waiting: number; marked: number }>(
    `/* doctor.checkJobs */
     select (
       select max(to_date(substring(c.relname from '^events_(\\d{8})$'), 'YYYYMMDD')) - $1::date
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'footfall.events'::regclass
     ) as ahead,
     (select count(*)::integer from (select from footfall.events_default limit 100000) e) as waiting,
     (select count(*)::integer from (select distinct site, bucket::date from footfall.rollup_marks) m) as marked`,
    [today],
  );
  const { ahead = null, waiting = 0, marked = 0 } = row ?? {};
  return [
    {
      check: 'partitions',
      status: ahead === null || ahead < minDaysAhead ? 'fail' : 'ok',
      message: `${ahead ?? 0} days ahead, ${waiting} rows in the default partition`,
      ...((ahead ?? 0) < minDaysAhead && { hint: 'is a collector running? It makes them every hour' }),
    },
    {
      check: 'rollups',
      status: marked > maxMarkedDays ? 'warn' : 'ok',
      message: `${marked} days of sites wait to be made again`,
    },
  ];
}
