set local role footfall_owner;

-- event_day is the UTC day inside the client's UUIDv7: the only time that a retry resends unchanged, so that the
-- primary key finds a duplicate whenever it comes. For an odd clock it is fixed in odd_ids at the first acceptance.
-- Wide fixed columns come first: in this order a row carries no padding.
create table footfall.events (
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  sent_at timestamptz,
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
  search_term text,
  bot_reason text,
  release text,
  flags text[],
  props jsonb,
  primary key (site, event_day, event_id)
) partition by range (event_day);

comment on table footfall.events is 'Every accepted event, once. Filter event_day, padded by a day, for partition pruning';
comment on column footfall.events.session_id is 'The session that the event counts in; null while there is none: nothing but an active event starts one';
comment on column footfall.events.is_server is 'Written by a server with a secret key: such an event neither starts nor prolongs a session';
comment on column footfall.events.occurred_at is 'When it happened: the browser''s time, corrected by received_at - sent_at';
comment on column footfall.events.click_id is 'The name of the advertiser''s click parameter (gclid, fbclid), never its value';
comment on column footfall.events.search_term is 'What was searched for, where the search engine still tells';
comment on column footfall.events.flags is 'What the collector had to change, or noticed: no_sent_at, future_ts, non_finite, odd_clock, cut, referrer_spam';

create index events_session on footfall.events (site, session_id);
create table footfall.events_default partition of footfall.events default;

-- Where an event of an odd clock went, so that no retry can store it a second time on another day.
create table footfall.odd_ids (
  site text not null,
  event_id uuid not null,
  event_day date not null,
  primary key (site, event_id)
);

alter table footfall.events enable row level security;
alter table footfall.events force row level security;
create policy owner_all on footfall.events to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.events to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.events for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert, update on footfall.events to footfall_ingest;
grant select on footfall.events to footfall_reader;

alter table footfall.odd_ids enable row level security;
alter table footfall.odd_ids force row level security;
create policy owner_all on footfall.odd_ids to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.odd_ids to footfall_ingest using (true) with check (true);
grant select, insert on footfall.odd_ids to footfall_ingest;
