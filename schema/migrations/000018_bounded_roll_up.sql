set local role footfall_owner;

-- Until nothing was marked any more, a procedure went on: under a steady load for ever. Now each day that is marked when it
-- begins is made again once.
create function footfall.roll_up_marked(roll_site text, first_day date default '-infinity', last_day date default 'infinity')
returns void
language plpgsql as $$
declare
  one date;
begin
  /* rollups.roll_up_marked */
  -- The first day, and all of the site anew where its timezone has changed: that marks other days.
  perform footfall.roll_up(roll_site, 1, first_day, last_day);
  for one in
    select distinct (m.bucket at time zone r.timezone)::date as day
    from footfall.rollup_marks m join footfall.rollup_sites r on r.site = m.site
    where m.site = roll_site and (m.bucket at time zone r.timezone)::date between first_day and last_day
    order by day
  loop
    perform footfall.roll_up(roll_site, 1, one, one);
  end loop;
end $$;
comment on function footfall.roll_up_marked is 'Makes the days of a site that are marked now again, in their order, so that each finds whom the earlier ones saw';

-- Keeps the numbers of a day whose events are about to be deleted. Call it in the transaction that deletes them. Nearly
-- always they are kept already: retention asks every hour.
create or replace function footfall.freeze_rollups(freeze_site text, first_day date, last_day date) returns void
language plpgsql as $$
declare
  zone text := (select timezone from footfall.rollup_sites where site = freeze_site);
begin
  /* rollups.freeze_rollups */
  if not exists (
    select from footfall.rollup_days d
    where d.site = freeze_site and d.dimension = 'all' and d.day between first_day and last_day
      and not exists (select from footfall.rollup_frozen f where f.site = d.site and f.day = d.day)
    union all
    select from footfall.rollup_marks m
    where m.site = freeze_site
      and (m.bucket at time zone coalesce(zone, 'UTC'))::date between first_day - 1 and last_day + 1
  ) then
    return;
  end if;
  -- All of the site: later days must have learned whom these days saw.
  perform footfall.roll_up_marked(freeze_site);
  zone := (select timezone from footfall.rollup_sites where site = freeze_site);
  insert into footfall.rollup_frozen (site, day)
  select distinct site, day from footfall.rollup_days
  where site = freeze_site and day between first_day and last_day
  on conflict do nothing;
  delete from footfall.rollup_visitors where site = freeze_site and day between first_day and last_day;
  delete from footfall.rollup_open_days where site = freeze_site and day between first_day and last_day;
  delete from footfall.rollup_parts where site = freeze_site and (bucket at time zone zone)::date between first_day and last_day;
  delete from footfall.rollup_part_visitors
  where site = freeze_site and (bucket at time zone zone)::date between first_day and last_day;
end $$;

create or replace procedure pipeline.roll_up_marked(first_day date default '-infinity', last_day date default 'infinity')
language plpgsql as $$
declare
  one text;
begin
  for one in select distinct site from footfall.rollup_marks order by site loop
    perform footfall.roll_up_marked(one, first_day, last_day);
  end loop;
end $$;
