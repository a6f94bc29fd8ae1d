import { utcDay } from '../utc-day.js';
import type { Database, Transaction } from './database.js';
import { sqlstateOf } from './failure.js';
import { dayRange, monthRange, type PartitionRange, readRange } from './partition-range.js';

const dayMs = 86_400_000;
const daysBack = 35;
const daysAhead = 7;
const partitionLock = 0x70617274;
const lockNotAvailable = '55P03';

// A job that waits for a table makes everybody behind it wait as well: two seconds, and then the next run.
const lockTimeout = `set local lock_timeout = '2s'`;

// Each old month of a server's events is a partition: no sender can make thousands of them in one run.
const maxRepairs = 60;

type Log = (line: string) => void;

/**
 * Creates the partitions of the days that a browser may still send and of the week to come, and those of the days that
 * wait in the default partition. What a lock keeps from it is left to the next run: until then the default partition
 * takes the events.
 */
export async function keepPartitions(database: Database, now: number, log: Log): Promise<void> {
  const days: string[] = [];
  for (let day = -daysBack; day <= daysAhead; day++) days.push(utcDay(now + day * dayMs));
  const waiting = await listWaitingDays(database, utcDay(now + daysAhead * dayMs));
  const left = await ensurePartitions(database, [...days, ...waiting], now);
  if (left.length > 0) log(`partitions: ${left.length} days wait for a lock, the first is ${left[0]}`);
  await summarizeTimes(database);
}

/** Brings the summaries of the times up to date, which a search for an hour of a day goes by. */
async function summarizeTimes(database: Database): Promise<void> {
  await withLocks(database, (tx) =>
    tx.query(
      `/* partitions.summarizeTimes */
       select brin_summarize_new_values(i.indexrelid)
       from pg_inherits h join pg_index i on i.indrelid = h.inhrelid join pg_class c on c.oid = i.indexrelid
       join pg_am a on a.oid = c.relam
       where h.inhparent = 'footfall.events'::regclass and a.amname = 'brin'`,
    ),
  );
}

/**
 * Creates the partitions that the given UTC days need: a day each, or a month where the whole month is past.
 *
 * @returns the days that got none, since a table was in use for more than two seconds
 */
export async function ensurePartitions(
  database: Database,
  days: Iterable<string>,
  now: number,
): Promise<string[]> {
  const names = new Set((await database.asOwner(listPartitions)).map(({ name }) => name));
  const left = [...new Set(days)].filter((day) => !isCovered(names, day)).sort();
  for (let day = left[0]; day !== undefined; day = left[0]) {
    const range = isCovered(names, day) ? undefined : chooseRange(names, day, now);
    // Behind a lock that is not granted everybody waits: so the first one ends the run.
    if (range && !(await makePartition(database, range))) return left;
    if (range) names.add(range.name);
    left.shift();
  }
  return left;
}

/** Creates partitions as they were elsewhere. */
export async function createPartitions(database: Database, ranges: PartitionRange[]): Promise<void> {
  for (const range of ranges)
    if (!(await makePartition(database, range)))
      throw new Error(`partitions: ${range.name} waits for a lock`);
}

/** All partitions but the default one, the oldest first. */
export async function listPartitions(tx: Transaction): Promise<PartitionRange[]> {
  const rows = await tx.query<{ name: string }>(
    `/* partitions.listPartitions */
     select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'footfall.events'::regclass`,
  );
  return rows.flatMap(({ name }) => readRange(name) ?? []).sort((a, b) => (a.from < b.from ? -1 : 1));
}

/**
 * Drops a partition, in a transaction of its own. False where its tables were in use: the next run tries again.
 *
 * @param archive reads it before; nobody writes to it meanwhile
 */
export async function dropPartition(
  database: Database,
  { name }: PartitionRange,
  archive?: (tx: Transaction, table: string) => Promise<void>,
): Promise<boolean> {
  return withLocks(database, async (tx) => {
    if (archive) {
      await tx.query(`lock table footfall.${name} in share row exclusive mode`);
      await archive(tx, name);
    }
    await tx.query(`drop table if exists footfall.${name}`);
  });
}

// Days further ahead come from servers whose clock is wrong: they wait until their time has come.
async function listWaitingDays(database: Database, last: string): Promise<string[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<{ event_day: string }>(
      `/* partitions.listWaitingDays */
       select distinct event_day from footfall.events_default
       where event_day <= $1::date order by event_day desc limit $2::integer`,
      [last, maxRepairs],
    ),
  );
  return rows.map(({ event_day }) => event_day);
}

function isCovered(names: Set<string>, day: string): boolean {
  return names.has(dayRange(day).name) || names.has(monthRange(day).name);
}

// A month that already has partitions of single days cannot have one for the whole.
function chooseRange(names: Set<string>, day: string, now: number): PartitionRange {
  const month = monthRange(day);
  const isPast = month.to <= utcDay(now - daysBack * dayMs);
  const hasDays = [...names].some((name) => name.startsWith(month.name));
  return isPast && !hasDays ? month : dayRange(day);
}

function makePartition(database: Database, range: PartitionRange): Promise<boolean> {
  return withLocks(database, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [partitionLock]);
    const isThere = (await listPartitions(tx)).some(({ from, to }) => from < range.to && range.from < to);
    if (!isThere) await attachPartition(tx, range);
  });
}

// Rows of the range that wait in the default partition would block ATTACH (23514), and so would those that come in
// between: nobody writes there while they move. Taken first, the lock cannot deadlock with an insert.
async function attachPartition(tx: Transaction, { name, from, to }: PartitionRange): Promise<void> {
  await tx.query('lock table footfall.events_default in access exclusive mode');
  await tx.query(`create table footfall.${name} (like footfall.events including all)`);
  await leaveSummaries(tx, name);
  await tx.query(
    `/* partitions.attachPartition */
     with moved as (
       delete from footfall.events_default where event_day >= $1::date and event_day < $2::date returning *
     )
     insert into footfall.${name} select * from moved`,
    [from, to],
  );
  await constrainTimes(tx, { name, from, to });
  await tx.query(
    `alter table footfall.events attach partition footfall.${name} for values from ('${from}') to ('${to}')`,
  );
}

// Left to itself PostgreSQL asks for a summary at each block range that begins, in a queue of 256 that one process empties
// once a minute: at 1,200 events a second most are refused, with a line in the log each. The job makes them instead.
async function leaveSummaries(tx: Transaction, name: string): Promise<void> {
  await tx.query(`do $$ begin
    execute (
      select format('alter index %s set (autosummarize = off)', i.indexrelid::regclass)
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
      where i.indrelid = 'footfall.${name}'::regclass and a.amname = 'brin'
    );
  end $$`);
}

async function withLocks(database: Database, work: (tx: Transaction) => Promise<unknown>): Promise<boolean> {
  try {
    await database.asOwner(async (tx) => {
      await tx.query(lockTimeout);
      await work(tx);
    });
    return true;
  } catch (error) {
    if (sqlstateOf(error) === lockNotAvailable) return false;
    throw error;
  }
}

// What queries rely on when they pad event_day by a day. With constants in it, a filter on the time alone skips partitions.
// A row of another time, written by hand, must not keep the partition from being made: then that one is not skipped.
async function constrainTimes(tx: Transaction, { name, from, to }: PartitionRange): Promise<void> {
  const first = `timestamptz '${utcDay(Date.parse(from) - dayMs)} 00:00:00+00'`;
  const end = `timestamptz '${utcDay(Date.parse(to) + dayMs)} 00:00:00+00'`;
  const isNear = `occurred_at >= ${first} and occurred_at < ${end}`;
  const strangers = await tx.query(`select from footfall.${name} where not (${isNear}) limit 1`);
  if (strangers.length > 0) return;
  await tx.query(`alter table footfall.${name} add constraint occurred_near_day check (${isNear})`);
}
