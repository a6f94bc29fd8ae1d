set local role footfall_owner;

-- Not partitioned: the day inside a client's session id cannot be trusted.
create table footfall.sessions (
  started_at timestamptz not null,
  ended_at timestamptz not null,
  last_seen_at timestamptz not null,
  entry_at timestamptz not null,
  exit_at timestamptz,
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
  is_bounce boolean not null generated always as
    (pageview_count = 1 and interaction_count = 0 and engaged_ms < 10000) stored,
  primary key (site, session_id)
);

comment on table footfall.sessions is 'One row a session, equal to a recomputation from its events in any order of arrival';
comment on column footfall.sessions.ended_at is 'The last event that keeps a session alive; a gap of more than 1,800 s after it ends the session';
comment on column footfall.sessions.last_seen_at is 'The last event of any type; last_seen_at - started_at is the duration';
comment on column footfall.sessions.entry_rank is '0: the entry is a pageview; 1: no pageview yet, the entry is the first event; 2: only passive events so far, no session yet';
comment on column footfall.sessions.client_session_id is 'The id that the browser gave to these events, where the session does not bear it: they came more than 24 hours after the id began';
comment on column footfall.sessions.is_client_id is 'The browser named the session; otherwise it was derived from the visitor''s events';

create index sessions_started on footfall.sessions (site, started_at);
create index sessions_visitor on footfall.sessions (site, visitor_id, started_at);
create index sessions_client on footfall.sessions (site, client_session_id, started_at) where client_session_id is not null;

alter table footfall.sessions enable row level security;
alter table footfall.sessions force row level security;
create policy owner_all on footfall.sessions to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.sessions to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.sessions for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert, update, delete on footfall.sessions to footfall_ingest;
grant select on footfall.sessions to footfall_reader;

-- Passive events that no session holds: one may come to be around them later. Deleted after 36 days, when no browser
-- can bring its first event any more. `stream` says whose sessions they may count in (collector/src/sessions/stream.ts).
create table footfall.waiting_events (
  occurred_at timestamptz not null,
  event_id uuid not null,
  event_day date not null,
  site text not null,
  stream text not null,
  primary key (site, stream, occurred_at, event_id)
);
create index waiting_events_age on footfall.waiting_events (occurred_at);

-- The salt of the cookieless visitor: one row a UTC day, deleted after 48 hours, so that yesterday cannot be recomputed.
create table footfall.visitor_salts (
  day date primary key,
  salt bytea not null
);
grant select, insert, delete on footfall.visitor_salts to footfall_ingest;

-- A cookieless visitor has another hash each UTC day. For events of the first 30 minutes of a day the hash of the day
-- before is computed too, while its salt is there, and both are kept here: a session may reach across midnight. Nothing
-- else is linked, neither address nor agent can be read from it, and a row goes with the salt of its day.
create table footfall.visitor_links (
  day date not null,
  site text not null,
  stream text not null,
  previous_stream text not null,
  primary key (site, stream)
);
create index visitor_links_previous on footfall.visitor_links (site, previous_stream);

-- Consent was granted in the middle of a cookieless session: which cookieless stream goes on as which client session,
-- from the first event that says so. open_from and open_to span that event and the session that it found open. `stream` is
-- forgotten with the salt of its day, the rest after 36 days.
create table footfall.session_links (
  linked_at timestamptz not null,
  open_from timestamptz not null,
  open_to timestamptz not null,
  event_id uuid not null,
  session_id uuid not null,
  site text not null,
  stream text,
  primary key (site, session_id)
);
create index session_links_stream on footfall.session_links (site, stream) where stream is not null;
create index session_links_age on footfall.session_links (linked_at);

-- Events that consent moved to the persistent visitor, with the stream that they came from: an earlier event that comes
-- late may change which session was open. Deleted with the salt of the day, and then the move is final.
create table footfall.rekeyed_events (
  linked_at timestamptz not null,
  event_day date not null,
  event_id uuid not null,
  site text not null,
  stream text not null,
  primary key (site, event_day, event_id)
);

do $$
declare
  table_name text;
begin
  foreach table_name in array array['waiting_events', 'visitor_links', 'session_links', 'rekeyed_events'] loop
    execute format('alter table footfall.%I enable row level security', table_name);
    execute format('alter table footfall.%I force row level security', table_name);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', table_name);
    execute format('create policy ingest_all on footfall.%I to footfall_ingest using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on footfall.%I to footfall_ingest', table_name);
  end loop;
end $$;
