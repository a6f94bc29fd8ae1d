-- The result of all migrations, for reading. Written by `npm run schema`; not run by anything.

create table footfall.api_keys (
  key_id uuid not null default gen_random_uuid(),
  key_hash bytea not null,
  role text not null,
  name text not null,
  sites text[],
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);
create table footfall.dead_letter (
  site text not null,
  dead_letter_id uuid not null,
  received_at timestamp with time zone not null,
  reason text not null,
  message text not null,
  sqlstate text,
  event_id text,
  event jsonb,
  excerpt text,
  batch jsonb
);
create table footfall.events (
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  event_id uuid not null,
  session_id uuid,
  page_id uuid,
  event_day date not null,
  seq integer,
  is_bot boolean not null default false,
  is_server boolean not null default false,
  site text not null,
  type text not null,
  name text,
  visitor_id text,
  user_id text,
  url text,
  host text,
  path text,
  referrer text,
  title text,
  value numeric,
  currency text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  device text,
  country text,
  region text,
  city text,
  language text,
  referrer_source text,
  referrer_medium text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  utm_term text,
  click_id text,
  bot_reason text,
  release text,
  flags text[],
  props jsonb
) partition by RANGE (event_day);
create table footfall.odd_ids (
  site text not null,
  event_id uuid not null,
  event_day date not null
);
create table footfall.rekeyed_events (
  linked_at timestamp with time zone not null,
  event_day date not null,
  event_id uuid not null,
  site text not null,
  stream text not null
);
create table footfall.schema_migrations (
  version integer not null,
  description text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now()
);
create table footfall.session_links (
  linked_at timestamp with time zone not null,
  open_from timestamp with time zone not null,
  open_to timestamp with time zone not null,
  event_id uuid not null,
  session_id uuid not null,
  site text not null,
  stream text
);
create table footfall.sessions (
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  entry_at timestamp with time zone not null,
  exit_at timestamp with time zone,
  session_id uuid not null,
  client_session_id uuid,
  entry_event_id uuid not null,
  exit_event_id uuid,
  engaged_ms bigint not null default 0,
  pageview_count integer not null default 0,
  event_count integer not null default 0,
  interaction_count integer not null default 0,
  error_count integer not null default 0,
  entry_rank smallint not null,
  screen_width smallint,
  screen_height smallint,
  viewport_width smallint,
  viewport_height smallint,
  pixel_ratio real,
  is_client_id boolean not null,
  is_bot boolean not null default false,
  site text not null,
  visitor_id text,
  user_id text,
  entry_url text,
  entry_host text,
  entry_path text,
  entry_title text,
  exit_url text,
  exit_path text,
  referrer text,
  referrer_source text,
  referrer_medium text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  utm_term text,
  click_id text,
  user_agent text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  device text,
  country text,
  region text,
  city text,
  language text,
  timezone text,
  bot_reason text,
  is_bounce boolean not null generated always as ((pageview_count = 1) AND (interaction_count = 0) AND (engaged_ms < 10000)) stored
);
create table footfall.site_keys (
  site_key text not null,
  site text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone
);
create table footfall.sites (
  site text not null,
  name text not null,
  allowed_origins text[] not null default '{}'::text[],
  timezone text not null default 'UTC'::text,
  currency text not null default 'USD'::text,
  week_start smallint not null default 1,
  excluded_addresses text[] not null default '{}'::text[],
  excluded_hosts text[] not null default '{}'::text[],
  excluded_paths text[] not null default '{}'::text[],
  retention_days integer,
  import_secret bytea,
  created_at timestamp with time zone not null default now()
);
create table footfall.visitor_links (
  day date not null,
  site text not null,
  stream text not null,
  previous_stream text not null
);
create table footfall.visitor_salts (
  day date not null,
  salt bytea not null
);
create table footfall.waiting_events (
  occurred_at timestamp with time zone not null,
  event_id uuid not null,
  event_day date not null,
  site text not null,
  stream text not null
);

alter table footfall.api_keys add constraint api_keys_key_hash_key UNIQUE (key_hash);
alter table footfall.api_keys add constraint api_keys_pkey PRIMARY KEY (key_id);
alter table footfall.api_keys add constraint api_keys_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'analyst'::text, 'assign'::text, 'ingest'::text])));
alter table footfall.dead_letter add constraint dead_letter_pkey PRIMARY KEY (site, dead_letter_id);
alter table footfall.events add constraint events_pkey PRIMARY KEY (site, event_day, event_id);
alter table footfall.odd_ids add constraint odd_ids_pkey PRIMARY KEY (site, event_id);
alter table footfall.rekeyed_events add constraint rekeyed_events_pkey PRIMARY KEY (site, event_day, event_id);
alter table footfall.schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (version);
alter table footfall.session_links add constraint session_links_pkey PRIMARY KEY (site, session_id);
alter table footfall.sessions add constraint sessions_pkey PRIMARY KEY (site, session_id);
alter table footfall.site_keys add constraint site_keys_pkey PRIMARY KEY (site_key);
alter table footfall.site_keys add constraint site_keys_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.site_keys add constraint site_keys_site_key_check CHECK ((site_key ~ '^[A-Za-z0-9_-]{1,64}$'::text));
alter table footfall.sites add constraint sites_pkey PRIMARY KEY (site);
alter table footfall.sites add constraint sites_retention_days_check CHECK ((retention_days > 0));
alter table footfall.sites add constraint sites_site_check CHECK ((site ~ '^[a-z0-9-]{1,32}$'::text));
alter table footfall.sites add constraint sites_week_start_check CHECK (((week_start >= 1) AND (week_start <= 7)));
alter table footfall.visitor_links add constraint visitor_links_pkey PRIMARY KEY (site, stream);
alter table footfall.visitor_salts add constraint visitor_salts_pkey PRIMARY KEY (day);
alter table footfall.waiting_events add constraint waiting_events_pkey PRIMARY KEY (site, stream, occurred_at, event_id);

CREATE INDEX dead_letter_received ON footfall.dead_letter USING btree (site, received_at);
CREATE INDEX events_session ON ONLY footfall.events USING btree (site, session_id);
CREATE INDEX session_links_age ON footfall.session_links USING btree (linked_at);
CREATE INDEX session_links_stream ON footfall.session_links USING btree (site, stream) WHERE (stream IS NOT NULL);
CREATE INDEX sessions_client ON footfall.sessions USING btree (site, client_session_id, started_at) WHERE (client_session_id IS NOT NULL);
CREATE INDEX sessions_started ON footfall.sessions USING btree (site, started_at);
CREATE INDEX sessions_visitor ON footfall.sessions USING btree (site, visitor_id, started_at);
CREATE INDEX visitor_links_previous ON footfall.visitor_links USING btree (site, previous_stream);
CREATE INDEX waiting_events_age ON footfall.waiting_events USING btree (occurred_at);

alter table footfall.api_keys enable row level security, force row level security;
alter table footfall.dead_letter enable row level security, force row level security;
alter table footfall.events enable row level security, force row level security;
alter table footfall.odd_ids enable row level security, force row level security;
alter table footfall.rekeyed_events enable row level security, force row level security;
alter table footfall.session_links enable row level security, force row level security;
alter table footfall.sessions enable row level security, force row level security;
alter table footfall.site_keys enable row level security, force row level security;
alter table footfall.sites enable row level security, force row level security;
alter table footfall.visitor_links enable row level security, force row level security;
alter table footfall.waiting_events enable row level security, force row level security;

create policy owner_all on footfall.api_keys for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.dead_letter for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.dead_letter for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.dead_letter for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.events for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.events for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.odd_ids for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.odd_ids for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rekeyed_events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rekeyed_events for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.session_links for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.session_links for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.sessions for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.sessions for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.sessions for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_read on footfall.site_keys for select to footfall_ingest using (true);
create policy owner_all on footfall.site_keys for all to footfall_owner using (true) with check (true);
create policy ingest_read on footfall.sites for select to footfall_ingest using (true);
create policy owner_all on footfall.sites for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.sites for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.visitor_links for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.visitor_links for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.waiting_events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.waiting_events for all to footfall_owner using (true) with check (true);

grant insert, select on footfall.dead_letter to footfall_ingest;
grant select on footfall.dead_letter to footfall_reader;
grant insert, select, update on footfall.events to footfall_ingest;
grant select on footfall.events to footfall_reader;
grant insert, select on footfall.odd_ids to footfall_ingest;
grant delete, insert, select, update on footfall.rekeyed_events to footfall_ingest;
grant select on footfall.schema_migrations to footfall_ingest;
grant select on footfall.schema_migrations to footfall_reader;
grant delete, insert, select, update on footfall.session_links to footfall_ingest;
grant delete, insert, select, update on footfall.sessions to footfall_ingest;
grant select on footfall.sessions to footfall_reader;
grant select on footfall.site_keys to footfall_ingest;
grant delete, insert, select, update on footfall.visitor_links to footfall_ingest;
grant delete, insert, select on footfall.visitor_salts to footfall_ingest;
grant delete, insert, select, update on footfall.waiting_events to footfall_ingest;

grant select (site, name, allowed_origins, timezone, currency, week_start, excluded_addresses, excluded_hosts, excluded_paths, retention_days, import_secret, created_at) on footfall.sites to footfall_ingest;
grant select (site, name, allowed_origins, timezone, currency, week_start, excluded_addresses, excluded_hosts, excluded_paths, retention_days, created_at) on footfall.sites to footfall_reader;
