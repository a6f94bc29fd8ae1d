set local role footfall_owner;

-- What was refused, with its reason, so that it can be found and replayed. The id is a hash of the content: a batch
-- that is sent again adds nothing here either.
create table footfall.dead_letter (
  site text not null,
  dead_letter_id uuid not null,
  received_at timestamptz not null,
  reason text not null,
  message text not null,
  sqlstate text,
  event_id text,
  event jsonb,
  excerpt text,
  batch jsonb,
  client jsonb,
  primary key (site, dead_letter_id)
);
comment on column footfall.dead_letter.excerpt is 'The first 4 KiB as text, where the event cannot be held as jsonb';
comment on column footfall.dead_letter.batch is 'What the batch said around the event (visitor, session, context), for a replay';
comment on column footfall.dead_letter.client is 'What the request told of its sender, for a replay: user agent, place and visitor, derived when it came; no address';

create index dead_letter_received on footfall.dead_letter (site, received_at);

-- Of a site and day at most 5,000 letters are kept; what comes then is counted here.
create table footfall.dead_letter_overflow (
  day date not null,
  events bigint not null,
  site text not null,
  reason text not null,
  primary key (site, day, reason)
);
comment on table footfall.dead_letter_overflow is 'Refused events that were not kept, since the site had 5,000 dead letters that day';

alter table footfall.dead_letter enable row level security;
alter table footfall.dead_letter force row level security;
create policy owner_all on footfall.dead_letter to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.dead_letter to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.dead_letter for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert, update, delete on footfall.dead_letter to footfall_ingest;
grant select on footfall.dead_letter to footfall_reader;

alter table footfall.dead_letter_overflow enable row level security;
alter table footfall.dead_letter_overflow force row level security;
create policy owner_all on footfall.dead_letter_overflow to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.dead_letter_overflow to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.dead_letter_overflow for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert, update, delete on footfall.dead_letter_overflow to footfall_ingest;
grant select on footfall.dead_letter_overflow to footfall_reader;
