import type { TestDatabase } from './test-collector.js';

type Lines = { line: string };

const relations = `
  select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl
  from pg_class c
  where c.relnamespace = 'footfall'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`;

const queries = {
  tables: `
    select format(E'create table footfall.%s (\\n%s\\n)%s;', t.relname, string_agg(format('  %s %s%s%s%s', a.attname,
        format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
        case when d.adbin is not null and a.attgenerated = '' then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
        case when a.attgenerated <> '' then ' generated always as ' || pg_get_expr(d.adbin, d.adrelid) || ' stored' else '' end),
        E',\\n' order by a.attnum),
      case when t.relkind = 'p' then ' partition by ' || pg_get_partkeydef(t.oid) else '' end) as line
    from (${relations}) t
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
    group by t.oid, t.relname, t.relkind order by t.relname`,
  constraints: `
    select format('alter table footfall.%s add constraint %s %s;', t.relname, k.conname, pg_get_constraintdef(k.oid)) as line
    from (${relations}) t join pg_constraint k on k.conrelid = t.oid and k.contype <> 'n'
    order by t.relname, k.contype desc, k.conname`,
  indexes: `
    select pg_get_indexdef(i.indexrelid) || ';' as line
    from (${relations}) t join pg_index i on i.indrelid = t.oid
    where not exists (select from pg_constraint k where k.conindid = i.indexrelid)
    order by t.relname, i.indexrelid::regclass::text`,
  security: `
    select format('alter table footfall.%s enable row level security, force row level security;', t.relname) as line
    from (${relations}) t where t.relrowsecurity and t.relforcerowsecurity order by t.relname`,
  policies: `
    select format('create policy %s on footfall.%s for %s to %s using (%s)%s;', p.policyname, p.tablename,
      lower(p.cmd), array_to_string(p.roles, ', '), p.qual, ' with check (' || p.with_check || ')') as line
    from pg_policies p where p.schemaname = 'footfall' order by p.tablename, p.policyname`,
  grants: `
    select format('grant %s on footfall.%s to %s;', string_agg(lower(g.privilege_type), ', ' order by g.privilege_type),
      t.relname, g.grantee::regrole) as line
    from (${relations}) t, aclexplode(t.relacl) g where g.grantee <> 'footfall_owner'::regrole
    group by t.relname, g.grantee order by t.relname, g.grantee::regrole::text`,
  views: `
    select format(E'create view %s.%s with (security_invoker = %s) -- (\\n%s\\n-- );', c.relnamespace::regnamespace, c.relname,
      coalesce((select option_value from pg_options_to_table(c.reloptions) where option_name = 'security_invoker'), 'false'),
      string_agg(format('--   %s %s', a.attname, format_type(a.atttypid, a.atttypmod)), E',\\n' order by a.attnum)) as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind = 'v' and c.relnamespace::regnamespace::text in ('footfall', 'pipeline', 'social')
    group by c.oid order by c.relnamespace::regnamespace::text, c.relname`,
  functions: `
    select format('create %s %s.%s(%s)%s;', case p.prokind when 'p' then 'procedure' else 'function' end,
      p.pronamespace::regnamespace, p.proname, pg_get_function_arguments(p.oid),
      ' returns ' || pg_get_function_result(p.oid)) as line
    from pg_proc p where p.pronamespace::regnamespace::text in ('footfall', 'pipeline', 'social')
    order by p.pronamespace::regnamespace::text, p.proname`,
  columnGrants: `
    select format('grant select (%s) on footfall.%s to %s;', string_agg(a.attname, ', ' order by a.attnum), t.relname,
      g.grantee::regrole) as line
    from (${relations}) t join pg_attribute a on a.attrelid = t.oid, aclexplode(a.attacl) g
    group by t.relname, g.grantee order by t.relname, g.grantee::regrole::text`,
};

/**
 * The schemas as the catalogue of a migrated database tells them, in the same words on every server version: which is
 * why views have their columns here, functions their arguments, and both their text in the migrations.
 */
export async function dumpSchema({ query }: TestDatabase): Promise<string> {
  const parts: string[] = [
    '-- The result of all migrations, for reading. Written by `npm run schema`; not run by anything.',
  ];
  for (const sql of Object.values(queries)) {
    const rows = await query<Lines>(sql);
    parts.push(rows.map(({ line }) => line).join('\n'));
  }
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}
