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

-- Where clocks are set back from 1:00 to 0:00 (Havana, the Azores) a day has two midnights, and PostgreSQL takes the second:
-- the hour between them would belong to no day that it is named by.
create function footfall.day_start(day date, zone text) returns timestamptz
language sql stable parallel safe as $$
  select min(at) from unnest(array[0, 30, 60, 120]) as shift (minutes)
    cross join lateral (select (day::timestamp at time zone zone) - make_interval(mins => minutes) as at) as earlier
  where minutes = 0 or at at time zone zone = day::timestamp
$$;
comment on function footfall.day_start is 'The moment at which a local day begins, the first of two midnights';

do $$
declare
  routine oid;
begin
  for routine in
    select oid from pg_proc
    where pronamespace = 'footfall'::regnamespace and prosrc like '%::timestamp at time zone zone%' and proname <> 'day_start'
  loop
    execute regexp_replace(pg_get_functiondef(routine), '(\w+|\(\w+ \+ 1\))::timestamp at time zone zone',
      'footfall.day_start(\1, zone)', 'g');
  end loop;
end $$;
