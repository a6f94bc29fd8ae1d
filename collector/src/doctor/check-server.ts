import { type Asker, type Finding, formatBytes } from './finding.js';

const slowSeconds = 30;
const fullShare = 0.8;
const maxSkewSeconds = 5;

type Connections = { used: number; max: number; idle_in_transaction: number };

/** How many connections are open, of how many. */
export async function checkConnections({ query }: Asker): Promise<Finding> {
  const [row] = await query<Connections>(
    `/* doctor.checkConnections */
     select count(*)::integer as used, current_setting('max_connections')::integer as max,
       count(*) filter (where state like 'idle in transaction%' and state_change < now() - interval '1 minute')::integer
         as idle_in_transaction
     from pg_stat_activity where backend_type = 'client backend'`,
  );
  const { used = 0, max = 0, idle_in_transaction = 0 } = row ?? {};
  const isFull = used > fullShare * max;
  return {
    check: 'connections',
    status: isFull || idle_in_transaction > 0 ? 'warn' : 'ok',
    message: `${used} of ${max}; ${idle_in_transaction} idle in a transaction for over a minute`,
    ...(isFull && { hint: 'raise max_connections, or put a pooler in front (PgBouncer 1.21 or newer)' }),
  };
}

/** Statements that run for long now, and those that took the most time where pg_stat_statements knows. */
export async function checkSlowQueries({ query }: Asker): Promise<Finding> {
  const running = await query<{ pid: number; seconds: number; query: string }>(
    `/* doctor.checkSlowQueries */
     select pid, extract(epoch from now() - query_start)::integer as seconds, left(query, 120) as query
     from pg_stat_activity
     where state = 'active' and pid <> pg_backend_pid() and backend_type = 'client backend'
       and query_start < now() - make_interval(secs => $1::integer)
     order by query_start`,
    [slowSeconds],
  );
  const statements = await readStatements(query).catch(() => undefined);
  return {
    check: 'slow queries',
    status: running.length > 0 ? 'warn' : 'ok',
    message: `${running.length} run for more than ${slowSeconds} s${statements ? '' : '; pg_stat_statements is not installed'}`,
    details: [...running, ...(statements ?? [])],
  };
}

function readStatements(query: Asker['query']) {
  return query<{ calls: number; mean_ms: number; query: string }>(
    `/* doctor.readStatements */
     select calls::integer, round(mean_exec_time::numeric, 1)::float8 as mean_ms, left(query, 120) as query
     from pg_stat_statements where query not like '%pg_stat_%' order by total_exec_time desc limit 5`,
  );
}

/** Who waits for whom. */
export async function checkLocks({ query }: Asker): Promise<Finding> {
  const rows = await query<{ pid: number; blocked_by: string; seconds: number; query: string }>(
    `/* doctor.checkLocks */
     select pid, array_to_string(pg_blocking_pids(pid), ', ') as blocked_by,
       extract(epoch from now() - query_start)::integer as seconds, left(query, 120) as query
     from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 order by query_start`,
  );
  const isLong = rows.some(({ seconds }) => seconds > slowSeconds);
  return { check: 'locks', status: isLong ? 'warn' : 'ok', message: `${rows.length} wait`, details: rows };
}

/** How far the clock of the server is from ours. */
export async function checkClock({ query, now }: Asker): Promise<Finding> {
  const before = now();
  const [row] = await query<{ at: string }>(`select extract(epoch from clock_timestamp())::text as at`);
  const skew = Number(row?.at) - (before + now()) / 2000;
  return {
    check: 'clock',
    status: Math.abs(skew) > maxSkewSeconds ? 'fail' : 'ok',
    message: `the server is ${Math.abs(skew).toFixed(2)} s ${skew < 0 ? 'behind' : 'ahead'}`,
    ...(Math.abs(skew) > maxSkewSeconds && { hint: 'run NTP on both machines' }),
  };
}

/** The version, and settings that would cost data or speed. */
export async function checkServer({ query }: Asker): Promise<Finding[]> {
  const rows = await query<{ name: string; setting: string }>(
    `/* doctor.checkServer */
     select name, setting from pg_settings
     where name in ('server_version', 'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'track_counts')`,
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  const off = rows.filter(({ name, setting }) => name !== 'server_version' && setting === 'off');
  const size = await query<{ bytes: string }>('select pg_database_size(current_database())::text as bytes');
  return [
    {
      check: 'server',
      status: off.length > 0 ? 'fail' : 'ok',
      message: `PostgreSQL ${settings.get('server_version')}, ${formatBytes(Number(size[0]?.bytes))}`,
      ...(off.length > 0 && {
        hint: `turn on ${off.map(({ name }) => name).join(', ')}: without them acknowledged events can be lost`,
      }),
    },
  ];
}
