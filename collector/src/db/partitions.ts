import type { Database, Transaction } from './database.js';

const dayMs = 86_400_000;
const daysBack = 35;
const daysAhead = 7;
const partitionLock = 0x70617274;

type Range = { name: string; from: string; to: string };

/** The UTC day of a time, as yyyy-mm-dd. */
export function utcDay(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 10);
}

/** Creates the partitions of the days that a browser may still send, and of the week to come. */
export async function ensureRecentPartitions(database: Database, now: number): Promise<void> {
  const days: string[] = [];
  for (let day = -daysBack; day <= daysAhead; day++) days.push(utcDay(now + day * dayMs));
  await ensurePartitions(database, days, now);
}

/** Creates the partitions that the given UTC days need: a day each, or a month where the whole month is past. */
export async function ensurePartitions(
  database: Database,
  days: Iterable<string>,
  now: number,
): Promise<void> {
  const sorted = [...new Set(days)].sort();
  await database.asOwner(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [partitionLock]);
    const names = await partitionNames(tx);
    for (const day of sorted) {
      if (isCovered(names, day)) continue;
      const range = chooseRange(names, day, now);
      await createPartition(tx, range);
      names.add(range.name);
    }
  });
}

async function partitionNames(tx: Transaction): Promise<Set<string>> {
  const rows = await tx.query<{ name: string }>(
    `/* partitions.partitionNames */
     select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'footfall.events'::regclass`,
  );
  return new Set(rows.map((row) => row.name));
}

function isCovered(names: Set<string>, day: string): boolean {
  return names.has(dayRange(day).name) || names.has(monthRange(day).name);
}

// A month that already has partitions of single days cannot have one for the whole.
function chooseRange(names: Set<string>, day: string, now: number): Range {
  const month = monthRange(day);
  const isPast = month.to <= utcDay(now - daysBack * dayMs);
  const hasDays = [...names].some((name) => name.startsWith(month.name));
  return isPast && !hasDays ? month : dayRange(day);
}

function dayRange(day: string): Range {
  return { name: `events_${day.replaceAll('-', '')}`, from: day, to: utcDay(Date.parse(day) + dayMs) };
}

function monthRange(day: string): Range {
  const from = `${day.slice(0, 7)}-01`;
  const next = new Date(Date.parse(from));
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { name: `events_${day.slice(0, 7).replace('-', '')}`, from, to: utcDay(next.getTime()) };
}

// Rows of the range that wait in the default partition would block ATTACH (23514): they move in the same transaction.
async function createPartition(tx: Transaction, { name, from, to }: Range): Promise<void> {
  await tx.query(`create table footfall.${name} (like footfall.events including all)`);
  await tx.query(
    `/* partitions.createPartition */
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

// What queries rely on when they pad event_day by a day. With constants in it, a filter on the time alone skips partitions.
// A row of another time, written by hand, must not keep the partition from being made: then that one is not skipped.
async function constrainTimes(tx: Transaction, { name, from, to }: Range): Promise<void> {
  const first = `timestamptz '${utcDay(Date.parse(from) - dayMs)} 00:00:00+00'`;
  const end = `timestamptz '${utcDay(Date.parse(to) + dayMs)} 00:00:00+00'`;
  const isNear = `occurred_at >= ${first} and occurred_at < ${end}`;
  const strangers = await tx.query(`select from footfall.${name} where not (${isNear}) limit 1`);
  if (strangers.length > 0) return;
  await tx.query(`alter table footfall.${name} add constraint occurred_near_day check (${isNear})`);
}
