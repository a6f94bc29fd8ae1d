set local role footfall_owner;

create table footfall.saved_funnels (
  funnel_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  site text not null references footfall.sites (site) on delete cascade,
  name text not null,
  parameters jsonb not null,
  primary key (site, funnel_id),
  unique (site, name)
);
comment on column footfall.saved_funnels.parameters is 'Of the report funnels: steps, window in seconds, order, unit, breakdown';

alter table footfall.saved_funnels enable row level security;
alter table footfall.saved_funnels force row level security;
create policy owner_all on footfall.saved_funnels to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.saved_funnels for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select on footfall.saved_funnels to footfall_reader;
