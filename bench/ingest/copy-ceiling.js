import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import copyStreams from 'pg-copy-streams';

/**
 * How fast one COPY takes the very same rows into a clone of the table: same columns, indexes and partitions. The
 * fastest way into PostgreSQL, which knows neither duplicates nor bad rows.
 *
 * @param rows how many of the latest
 * @returns rows a second
 */
export async function measureCopy(client, { rows }) {
  await cloneTable(client);
  const stream = client.query(
    copyStreams.to(`copy (select * from footfall.events order by received_at desc limit ${rows}) to stdout`),
  );
  const chunks = await stream.toArray();
  await client.query('checkpoint').catch(() => {});
  const start = performance.now();
  const copy = client.query(copyStreams.from('copy bench.events from stdin'));
  await pipeline(Readable.from(chunks), copy);
  const seconds = (performance.now() - start) / 1000;
  const { rowCount } = copy;
  await client.query('drop schema bench cascade');
  return { perSecond: rowCount / seconds };
}

async function cloneTable(client) {
  await client.query('drop schema if exists bench cascade');
  await client.query('create schema bench');
  await client.query(
    'create table bench.events (like footfall.events including all) partition by range (event_day)',
  );
  const { rows } = await client.query(
    `select c.relname, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'footfall.events'::regclass`,
  );
  for (const { relname, bound } of rows)
    await client.query(`create table bench.${relname} partition of bench.events ${bound}`);
}
