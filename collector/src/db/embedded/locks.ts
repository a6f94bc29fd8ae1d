import type pg from 'pg';
import { StartError } from '../../start-error.js';
import type { Cluster } from './cluster.js';
import { isAlive } from './is-alive.js';

/** own: the collector, one for each directory. join: a command that may run beside it. */
export type Mode = 'own' | 'join';

/** How a connection names itself, so that a process that is refused can say who is in its way. */
export const applicationPrefix = 'footfall, process ';

/** Advisory locks of the database postgres, so that they never meet those of the database footfall. 'FOOT' in ASCII. */
const lockClass = 0x464f4f54;
/** Held exclusively by the one collector of a directory. */
const ownerLock = 1;
/** Held shared by every process that uses the server, and exclusively by the last one while it stops the server. */
const userLock = 2;

/** Takes the locks of a mode; false: not now, try again. Throws when another collector has the directory. */
export async function takeLocks(
  client: pg.Client,
  { cluster, mode }: { cluster: Cluster; mode: Mode },
): Promise<boolean> {
  if (mode === 'own' && !(await tryLock(client, 'pg_try_advisory_lock', ownerLock))) {
    await expectEnding(client, cluster);
    return false;
  }
  return tryLock(client, 'pg_try_advisory_lock_shared', userLock);
}

async function tryLock(
  client: pg.Client,
  lockFunction: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared' | 'pg_advisory_unlock_shared',
  lock: number,
): Promise<boolean> {
  const query = `/* locks.tryLock */ select ${lockFunction}($1::int, $2::int) as done`;
  const answered = await client.query<{ done: boolean }>(query, [lockClass, lock]);
  return answered.rows[0]?.done === true;
}

type Holder = { application_name: string; is_stopping: boolean };

/**
 * Throws unless the lock is about to be free: its collector is stopping the server, or was killed a moment ago and
 * the server has not noticed yet.
 */
async function expectEnding(client: pg.Client, { directory }: Cluster): Promise<void> {
  const query = `
    /* locks.expectEnding */
    with held as (
      select pid, objid, mode from pg_locks
      where locktype = 'advisory' and granted and classid = $1::oid
        and database = (select oid from pg_database where datname = current_database())
    )
    select
      activity.application_name,
      exists (select from held where objid = $3::oid and mode = 'ExclusiveLock') as is_stopping
    from held
    join pg_stat_activity as activity using (pid)
    where held.objid = $2::oid`;
  const found = await client.query<Holder>(query, [lockClass, ownerLock, userLock]);
  const holder = found.rows[0];
  if (!holder || holder.is_stopping) return;
  const pid = Number(holder.application_name.replace(applicationPrefix, ''));
  if (!isAlive(pid)) return;
  throw new StartError(
    `another collector is using ${directory} (process ${pid}): stop it, or set another FOOTFALL_DATA_DIR`,
  );
}

/** Gives up the use of a server; true: nobody else uses it, and nobody can begin to before it is stopped. */
export async function isLastUser(client: pg.Client): Promise<boolean> {
  await tryLock(client, 'pg_advisory_unlock_shared', userLock);
  return tryLock(client, 'pg_try_advisory_lock', userLock);
}
