-- The login of DATABASE_URL owns nothing and reads nothing by itself: it enters one of these roles for each
-- transaction (SET LOCAL ROLE). Roles belong to the whole server, so another database may have made them already, or an
-- administrator where this login may not.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['footfall_owner', 'footfall_ingest', 'footfall_reader'] loop
    begin
      if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I nologin', role_name);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    begin
      execute format('grant %I to current_user', role_name);
    exception when insufficient_privilege then null; -- granted by an administrator, or SET ROLE below says so
    end;
  end loop;
end $$;

create schema footfall authorization footfall_owner;
grant usage on schema footfall to footfall_ingest, footfall_reader;

set local role footfall_owner;

create table footfall.schema_migrations (
  version integer primary key,
  description text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
);
comment on table footfall.schema_migrations is 'Migrations applied, with the SHA-256 of each file';
grant select on footfall.schema_migrations to footfall_ingest, footfall_reader;
