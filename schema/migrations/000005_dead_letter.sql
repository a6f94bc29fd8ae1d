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
  primary key (site, dead_letter_id)
);
comment on column footfall.dead_letter.excerpt is 'The first 4 KiB as text, where the event cannot be held as jsonb';
comment on column footfall.dead_letter.batch is 'What the batch said around the event (visitor, session, context), for a replay';

create index dead_letter_received on footfall.dead_letter (site, received_at);

alter table footfall.dead_letter enable row level security;
alter table footfall.dead_letter force row level security;
create policy owner_all on footfall.dead_letter to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.dead_letter to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.dead_letter for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert on footfall.dead_letter to footfall_ingest;
grant select on footfall.dead_letter to footfall_reader;
