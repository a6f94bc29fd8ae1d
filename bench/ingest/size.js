/** Where the bytes of stored events go: tables and indexes, and the columns of an event. */

/** @returns {Promise<{ total: number, parts: [string, number][], columns: [string, number][] }>} bytes an event */
export async function measureSize(client) {
  await client.query('vacuum analyze footfall.events, footfall.sessions').catch(() => {});
  const { rows: counted } = await client.query('select count(*)::float8 as n from footfall.events');
  const { n } = counted[0];
  const { rows } = await client.query(partsSql);
  const parts = rows.map(({ part, bytes }) => [part, Number(bytes) / n]);
  return {
    total: parts.reduce((sum, [, bytes]) => sum + bytes, 0),
    parts,
    columns: await measureColumns(client),
  };
}

// Partitions are counted with their table; what is below half a byte, together.
const partsSql = `
  with relations as (
    select c.oid, c.relkind, coalesce(i.indrelid, c.oid) as of_table, i.indexrelid,
      case when i.indexrelid is null then '' else pg_get_indexdef(i.indexrelid) end as definition
    from pg_class c left join pg_index i on i.indexrelid = c.oid
    where c.relnamespace = 'footfall'::regnamespace and c.relkind in ('r', 'i')
  ),
  named as (
    select r.oid, coalesce(p.relname, t.relname) as table_name, r.relkind,
      substring(r.definition from ' USING (.*)$') as columns
    from relations r join pg_class t on t.oid = r.of_table
    left join pg_inherits h on h.inhrelid = t.oid left join pg_class p on p.oid = h.inhparent
  )
  select table_name || coalesce(' ' || columns, '') as part,
    sum(case relkind when 'r' then pg_table_size(oid) else pg_relation_size(oid) end) as bytes
  from named group by 1 order by 2 desc`;

async function measureColumns(client) {
  const { rows: columns } = await client.query(
    `select attname as name from pg_attribute where attrelid = 'footfall.events'::regclass and attnum > 0 and not attisdropped`,
  );
  const sums = columns.map(
    ({ name }) => `coalesce(avg(coalesce(pg_column_size(${name}), 0)), 0)::float8 as ${name}`,
  );
  const { rows } = await client.query(
    `select ${sums.join(', ')} from (select * from footfall.events limit 20000) as e`,
  );
  return Object.entries(rows[0]).sort(([, a], [, b]) => b - a);
}
