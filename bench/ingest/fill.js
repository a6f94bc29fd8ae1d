/**
 * Fills the tables up to a number of events with copies of what is there, of the 30 days before: what ingest costs must not
 * depend on what is stored already. Written past the collector; the rollups of those days stay empty.
 */
export async function fill(client, { events }) {
  const { rows } = await client.query('select count(*)::int as n from footfall.events');
  const copies = Math.ceil((events - rows[0].n) / rows[0].n);
  for (let copy = 1; copy <= copies; copy += 1) await addCopy(client, copy);
  await client.query('vacuum analyze footfall.events, footfall.sessions').catch(() => {});
}

const newId = (column) =>
  `(left(${column}::text, 15) || substr(md5(${column}::text || $1::int), 1, 3) || '-8' || substr(md5(${column}::text || $1::int), 4, 3)
    || '-' || substr(md5(${column}::text || $1::int), 7, 12))::uuid`;

async function addCopy(client, copy) {
  for (const [table, changed] of Object.entries(changes)) {
    const { rows } = await client.query(
      `select attname as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    );
    const columns = rows.map(({ name }) => name);
    await client.query(
      `insert into ${table} (${columns.join(', ')})
       select ${columns.map((name) => changed[name] ?? name).join(', ')} from ${table}
       where ${changed.source} >= now() - interval '20 hours'`,
      [copy],
    );
  }
}

const shift = `make_interval(days => 1 + $1::int % 30)`;
const changes = {
  'footfall.events': {
    source: 'received_at',
    event_id: newId('event_id'),
    session_id: newId('session_id'),
    event_day: 'event_day - (1 + $1::int % 30)',
    occurred_at: `occurred_at - ${shift}`,
    received_at: `received_at - ${shift}`,
  },
  'footfall.sessions': {
    source: 'last_seen_at',
    session_id: newId('session_id'),
    started_at: `started_at - ${shift}`,
    ended_at: `ended_at - ${shift}`,
    last_seen_at: `last_seen_at - ${shift}`,
    entry_at: `entry_at - ${shift}`,
    exit_at: `exit_at - ${shift}`,
  },
};
