set local role footfall_owner;

create table footfall.sites (
  site text primary key check (site ~ '^[a-z0-9-]{1,32}$'),
  name text not null,
  allowed_origins text[] not null default '{}',
  timezone text not null default 'UTC',
  currency text not null default 'USD',
  week_start smallint not null default 1 check (week_start between 1 and 7),
  excluded_addresses text[] not null default '{}',
  excluded_hosts text[] not null default '{}',
  excluded_paths text[] not null default '{}',
  human_reasons text[] not null default '{}',
  retention_days integer check (retention_days > 0),
  import_secret bytea,
  created_at timestamptz not null default now()
);
comment on column footfall.sites.retention_days is 'Null keeps everything, as for imported sites';
comment on column footfall.sites.import_secret is 'Keys the visitors of imported logs; null while nothing was imported';
comment on column footfall.sites.excluded_addresses is 'Visits from these addresses and networks (10.0.0.0/8) are not stored';
comment on column footfall.sites.excluded_hosts is 'Pages of these hosts are not stored; *.example.com is every host below';
comment on column footfall.sites.excluded_paths is 'Pages of these paths are not stored; * stands for any text';
comment on column footfall.sites.human_reasons is 'Values of bot_reason that are people on this site';
comment on column footfall.sites.week_start is 'ISO 8601 day of the week, 1 is Monday';

-- The site key is public and write-only. Two are valid while a rotation overlaps.
create table footfall.site_keys (
  site_key text primary key check (site_key ~ '^[A-Za-z0-9_-]{1,64}$'),
  site text not null references footfall.sites (site) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);

alter table footfall.sites enable row level security;
alter table footfall.sites force row level security;
create policy owner_all on footfall.sites to footfall_owner using (true) with check (true);
create policy ingest_read on footfall.sites for select to footfall_ingest using (true);
create policy reader_one_site on footfall.sites for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));

alter table footfall.site_keys enable row level security;
alter table footfall.site_keys force row level security;
create policy owner_all on footfall.site_keys to footfall_owner using (true) with check (true);
create policy ingest_read on footfall.site_keys for select to footfall_ingest using (true);

grant select on footfall.site_keys to footfall_ingest;
grant select (site, name, allowed_origins, timezone, currency, week_start, excluded_addresses, excluded_hosts,
  excluded_paths, human_reasons, retention_days, created_at) on footfall.sites to footfall_ingest, footfall_reader;
grant select (import_secret) on footfall.sites to footfall_ingest;
