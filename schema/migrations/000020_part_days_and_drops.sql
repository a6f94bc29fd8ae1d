set local role footfall_owner;

-- Who has a day compared up to a time needs to know which of its visitors were seen on the days before it.
create policy reader_one_site on footfall.rollup_visitors for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select on footfall.rollup_visitors to footfall_reader;

create table footfall.client_drops (
  events bigint not null,
  day date not null,
  site text not null,
  reason text not null,
  primary key (site, day, reason)
);
comment on table footfall.client_drops is 'Events that browsers say they had to drop before they could be sent, by the UTC day on which they said so';

alter table footfall.client_drops enable row level security;
alter table footfall.client_drops force row level security;
create policy owner_all on footfall.client_drops to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.client_drops to footfall_ingest using (true) with check (true);
create policy reader_one_site on footfall.client_drops for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select, insert, update, delete on footfall.client_drops to footfall_ingest;
grant select on footfall.client_drops to footfall_reader;
