/**
 * Fills the tables up to a number of events with copies of those that were received since a time, spread over the 28 days
 * before, each with ids, sessions and visitors of its own: what ingest costs must not depend on what is stored already.
 * Written past the collector, in the order in which the events arrived; the rollups of those days are made with `rollUp`.
 */
export async function fill(client, { events, since }) {
  const { rows } = await client.query(
    'select count(*)::int as stored, count(*) filter (where received_at >= $1)::int as fresh from footfall.events',
    [since],
  );
  const [{ stored, fresh }] = rows;
  const copies = Math.ceil((events - stored) / fresh);
  if (copies <= 0) return;
  await client.query(idFunctions(since.getTime()));
  await client.query(
    `create temporary table bench_source_events as select * from footfall.events where received_at >= '${since.toISOString()}'`,
  );
  await client.query(
    `create temporary table bench_source_sessions as select * from footfall.sessions
     where session_id in (select session_id from bench_source_events)`,
  );
  for (let first = 1; first <= copies; first += copiesAtOnce)
    for (const table of Object.keys(changes))
      await addCopies(client, table, { first, last: Math.min(copies, first + copiesAtOnce - 1) });
  await client.query('vacuum analyze footfall.events, footfall.sessions').catch(() => {});
}

/** Makes the rollups of all that is stored. */
export async function rollUp(client) {
  await client.query(
    `insert into footfall.rollup_marks (site, bucket)
     select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events
     where not exists (select from footfall.rollup_buckets b where b.bucket = footfall.rollup_bucket(occurred_at))`,
  );
  for (;;) {
    const { rows } = await client.query(`select footfall.roll_up('demo', 1) as days`);
    if (rows[0].days === 0) return;
  }
}

const copiesAtOnce = 20;
const sourceOf = (table) => table.replace('footfall.', 'bench_source_');

async function addCopies(client, table, { first, last }) {
  const { rows } = await client.query(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const columns = rows.map(({ name }) => name);
  const changed = changes[table];
  await client.query(
    `insert into ${table} (${columns.join(', ')})
     select ${columns.map((name) => changed[name] ?? name).join(', ')}
     from generate_series($1::int, $2::int) as copy cross join lateral (select ${shift} as shift) as s,
       ${sourceOf(table)}`,
    [first, last],
  );
}

// One copy a day in turn, and those of a day a quarter of an hour apart, so that time and ids grow as they do in life.
const shift = `make_interval(days => 1 + copy % 28, mins => 15 * (copy / 28 % 40))`;
const newId = (column) => `pg_temp.shift_id(${column}, shift, copy)`;
const newVisitor = `left(pg_temp.hash(visitor_id, copy), 22)`;

// The ids of events begin with the milliseconds since 1970; those of sessions are made of them.
const idFunctions = (run) => `
  create function pg_temp.hash(id text, copy int) returns text language sql immutable as
    $$ select md5(id || copy || ' of ${run}') $$;
  create function pg_temp.ms_of_id(id uuid) returns bigint language sql immutable as
    $$ select ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint $$;
  create function pg_temp.shift_id(id uuid, shift interval, copy int) returns uuid language sql immutable as
    $$ select (lpad(to_hex(pg_temp.ms_of_id(id) - (extract(epoch from shift) * 1000)::bigint), 12, '0')
      || substr(id::text, 15, 1) || substr(pg_temp.hash(id::text, copy), 1, 3) || '8' || substr(pg_temp.hash(id::text, copy), 4, 15))::uuid $$`;

const changes = {
  'footfall.events': {
    event_id: newId('event_id'),
    page_id: newId('page_id'),
    session_id: newId('session_id'),
    visitor_id: newVisitor,
    event_day: `(to_timestamp(pg_temp.ms_of_id(event_id) / 1000.0) at time zone 'UTC' - shift)::date`,
    occurred_at: `occurred_at - shift`,
    received_at: `received_at - shift`,
    sent_at: `sent_at - shift`,
  },
  'footfall.sessions': {
    session_id: newId('session_id'),
    entry_event_id: newId('entry_event_id'),
    exit_event_id: newId('exit_event_id'),
    visitor_id: newVisitor,
    started_at: `started_at - shift`,
    ended_at: `ended_at - shift`,
    last_seen_at: `last_seen_at - shift`,
    entry_at: `entry_at - shift`,
    exit_at: `exit_at - shift`,
  },
};
