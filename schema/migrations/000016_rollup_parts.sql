set local role footfall_owner;

-- What a quarter hour adds to the rows of its day, kept for the few days that still change: a quarter hour that is made
-- again then changes the day by what it says more or less than before, and the rest of the day is not read.
create table footfall.rollup_parts (
  key bigint not null,
  duration_us bigint not null,
  bucket timestamptz not null,
  pageviews integer not null,
  events integer not null,
  bot_events integer not null,
  sessions integer not null,
  bounces integer not null,
  site text not null,
  dimension text not null,
  primary key (site, bucket, dimension, key)
);
comment on table footfall.rollup_parts is 'The quarter hours of open days, in the terms of rollup_days';

create table footfall.rollup_part_visitors (
  visitor bigint not null,
  bucket timestamptz not null,
  site text not null,
  keys bigint[] not null,
  primary key (site, visitor, bucket)
);
comment on table footfall.rollup_part_visitors is 'The quarter hours of open days, in the terms of rollup_visitors';
create index rollup_part_visitors_bucket on footfall.rollup_part_visitors (site, bucket);

create table footfall.rollup_open_days (
  day date not null,
  site text not null,
  primary key (site, day)
);
comment on table footfall.rollup_open_days is 'Days whose quarter hours are kept; any other one is made again as a whole, and is open from then on';

-- Where a visitor counts is known by key alone.
create index rollup_days_key on footfall.rollup_days (site, day, key);

do $$
declare
  relation text;
begin
  foreach relation in array array['rollup_parts', 'rollup_part_visitors', 'rollup_open_days'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
    execute format('create policy ingest_all on footfall.%I to footfall_ingest using (true) with check (true)', relation);
    execute format('grant select, insert, update, delete on footfall.%I to footfall_ingest', relation);
  end loop;
end $$;

-- Tables grow from nothing within one run, faster than their statistics, and of a site that these do not know one row is
-- expected, whatever the index: a nested loop could read all rows of the site for each row. So the functions from here on
-- look rows up by arrays, and join what they found by hashes: never quadratic.

drop function footfall.roll_up_buckets, footfall.roll_up_visitors, footfall.relink_visitors, footfall.rollup_day_visitors,
  footfall.roll_up_day, footfall.roll_up_returning;

-- Makes the quarter hours from start_at to end_at again, and changes the numbers of their day by what they say more or
-- less than before; of a day that is not open they have to be all, and all that it said before goes. One statement, hence
-- one snapshot: a visitor's key that had no row of the day could never be counted.
create function footfall.roll_up_parts(roll_site text, roll_day date, start_at timestamptz, end_at timestamptz,
  marked timestamptz[], is_open boolean, out touched bigint[], out emptied bigint[])
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
begin
  /* rollups.roll_up_parts */
  with hits as materialized (
    select footfall.rollup_bucket(occurred_at) as bucket, hashtextextended(visitor_id, 0) as visitor,
      type = 'pageview' as is_page, path, is_bot, received_at
    from footfall.events
    where site = roll_site and occurred_at >= start_at and occurred_at < end_at
      and event_day between (start_at at time zone 'UTC')::date - 1 and (end_at at time zone 'UTC')::date + 1
  ),
  visits as materialized (
    select footfall.rollup_bucket(started_at) as bucket, hashtextextended(visitor_id, 0) as visitor, dimension, value,
      footfall.rollup_key(dimension, value) as key, is_bounce, duration_us
    from footfall.rollup_visits
    where site = roll_site and started_at >= start_at and started_at < end_at
  ),
  fresh (bucket, dimension, key, value, pageviews, events, bot_events, sessions, bounces, duration_us) as materialized (
    select bucket, 'all', footfall.rollup_key('all', null), null, count(*) filter (where is_page and not is_bot),
      count(*) filter (where not is_bot), count(*) filter (where is_bot), 0, 0, 0
    from hits group by bucket
    union all
    select bucket, 'page', footfall.rollup_key('page', path), path, count(*), count(*), 0, 0, 0, 0
    from hits where is_page and not is_bot group by bucket, path
    union all
    select bucket, dimension, key, min(value), 0, 0, 0, count(*), count(*) filter (where is_bounce), sum(duration_us)
    from visits group by bucket, dimension, key
  ),
  signed as (
    select * from fresh
    union all
    select bucket, dimension, key, null, -pageviews, -events, -bot_events, -sessions, -bounces, -duration_us
    from footfall.rollup_parts where site = roll_site and bucket >= start_at and bucket < end_at
    union all
    select null, dimension, key, null, -pageviews, -events, -bot_events, -sessions, -bounces, -duration_us
    from footfall.rollup_days where site = roll_site and day = roll_day and not is_open
  ),
  -- By key: two values made to collide must not stop the rollups, which take them for one.
  changes as materialized (
    select bucket, dimension, key, min(value) as value, sum(pageviews) as pageviews, sum(events) as events,
      sum(bot_events) as bot_events, sum(sessions) as sessions, sum(bounces) as bounces, sum(duration_us) as duration_us
    from signed group by bucket, dimension, key
    having (sum(pageviews), sum(events), sum(bot_events), sum(sessions), sum(bounces), sum(duration_us)) <> (0, 0, 0, 0, 0, 0)
  ),
  parts as (
    insert into footfall.rollup_parts as p
      (site, bucket, dimension, key, pageviews, events, bot_events, sessions, bounces, duration_us)
    select roll_site, bucket, dimension, key, pageviews, events, bot_events, sessions, bounces, duration_us
    from changes where bucket is not null
    on conflict (site, bucket, dimension, key) do update set pageviews = p.pageviews + excluded.pageviews,
      events = p.events + excluded.events, bot_events = p.bot_events + excluded.bot_events,
      sessions = p.sessions + excluded.sessions, bounces = p.bounces + excluded.bounces,
      duration_us = p.duration_us + excluded.duration_us
  ),
  day_rows as (
    insert into footfall.rollup_days as d
      (site, day, dimension, key, value, pageviews, events, bot_events, sessions, bounces, duration_us, new_visitors)
    select roll_site, roll_day, dimension, key, min(value), sum(pageviews), sum(events), sum(bot_events), sum(sessions),
      sum(bounces), sum(duration_us), 0
    from changes group by dimension, key
    having (sum(pageviews), sum(events), sum(bot_events), sum(sessions), sum(bounces), sum(duration_us)) <> (0, 0, 0, 0, 0, 0)
    on conflict (site, dimension, day, key) do update set pageviews = d.pageviews + excluded.pageviews,
      events = d.events + excluded.events, bot_events = d.bot_events + excluded.bot_events,
      sessions = d.sessions + excluded.sessions, bounces = d.bounces + excluded.bounces,
      duration_us = d.duration_us + excluded.duration_us
    returning d.key, (d.pageviews, d.events, d.bot_events, d.sessions) = (0, 0, 0, 0) as is_empty
  ),
  received as (
    select bucket, max(received_at) as last_at from hits group by bucket
  ),
  counted as (
    insert into footfall.rollup_buckets as b
      (site, bucket, rolled_at, pageviews, events, bot_events, sessions, bounces, duration_us)
    select roll_site, m.bucket, greatest(clock_timestamp(), max(r.last_at)), coalesce(sum(f.pageviews), 0),
      coalesce(sum(f.events), 0), coalesce(sum(f.bot_events), 0), coalesce(sum(f.sessions), 0),
      coalesce(sum(f.bounces), 0), coalesce(sum(f.duration_us), 0)
    from unnest(marked) as m (bucket)
    left join fresh f on f.bucket = m.bucket and f.dimension = 'all'
    left join received r on r.bucket = m.bucket
    where m.bucket >= start_at and m.bucket < end_at
    group by m.bucket
    on conflict (site, bucket) do update set rolled_at = excluded.rolled_at, pageviews = excluded.pageviews,
      events = excluded.events, bot_events = excluded.bot_events, sessions = excluded.sessions,
      bounces = excluded.bounces, duration_us = excluded.duration_us
  ),
  seen as (
    select bucket, visitor, footfall.rollup_key('all', null) as key from hits where not is_bot and visitor is not null
    union select bucket, visitor, footfall.rollup_key('page', path) from hits
    where is_page and not is_bot and visitor is not null
    union select bucket, visitor, key from visits where visitor is not null
  ),
  present as materialized (
    select bucket, visitor, array_agg(key order by key) as keys from seen group by bucket, visitor
  ),
  changed as materialized (
    select p.bucket, p.visitor, p.keys from present p
    left join footfall.rollup_part_visitors s on s.site = roll_site and s.bucket >= start_at and s.bucket < end_at
      and s.bucket = p.bucket and s.visitor = p.visitor
    where s.keys is distinct from p.keys
  ),
  written as (
    insert into footfall.rollup_part_visitors (site, bucket, visitor, keys)
    select roll_site, bucket, visitor, keys from changed
    on conflict (site, visitor, bucket) do update set keys = excluded.keys
  ),
  gone as (
    delete from footfall.rollup_part_visitors s
    where s.site = roll_site and s.bucket >= start_at and s.bucket < end_at
      and not exists (select from present p where p.bucket = s.bucket and p.visitor = s.visitor)
    returning s.visitor
  )
  select array(
      select visitor from changed union select visitor from gone union
      select visitor from footfall.rollup_visitors where site = roll_site and day = roll_day and not is_open
    ),
    array(select key from day_rows where is_empty)
  into touched, emptied;
end $$;

-- Changes how many visitors of a day were seen with a key, and on which previous day: by the visitors that came and went.
create function footfall.add_visitors(roll_site text, days date[], keys bigint[], previous_days date[], visitors bigint[])
returns void
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
begin
  /* rollups.add_visitors */
  with changes as (
    select c.day, c.key, coalesce(sum(c.visitors) filter (where c.previous is null), 0) as new_visitors,
      array_agg(c.previous) filter (where c.previous is not null) as returning_days,
      array_agg(c.visitors) filter (where c.previous is not null) as returning_visitors
    from unnest(days, keys, previous_days, visitors) as c (day, key, previous, visitors)
    group by c.day, c.key
  )
  update footfall.rollup_days d
  set new_visitors = d.new_visitors + c.new_visitors,
    (returning_days, returning_visitors) = (
      select array_agg(s.day order by s.day), array_agg(s.visitors order by s.day) from (
        select r.day, sum(r.visitors)::integer as visitors from (
          select * from unnest(d.returning_days, d.returning_visitors)
          union all select * from unnest(c.returning_days, c.returning_visitors)
        ) as r (day, visitors)
        group by r.day having sum(r.visitors) <> 0
      ) as s
    )
  from changes c
  where d.site = roll_site and d.day = any (days) and d.key = any (keys) and d.day = c.day and d.key = c.key;
end $$;

-- On which day before a given one visitors were last seen with each key.
create or replace function footfall.find_previous_days(roll_site text, roll_day date, visitors bigint[])
returns table (visitor bigint, key bigint, previous date)
language plpgsql stable set enable_nestloop = off set enable_mergejoin = off as $$
begin
  /* rollups.find_previous_days */
  return query
  select r.visitor, k.key, max(case when r.day < roll_day then r.day else k.previous end)
  from footfall.rollup_visitors r cross join lateral unnest(r.keys, r.previous) as k (key, previous)
  where r.site = roll_site and r.visitor = any (visitors) and r.day <= roll_day
    -- A previous day whose visitors were deleted is known from the row itself alone.
    and (r.day < roll_day or exists (
      select from footfall.rollup_frozen f where f.site = roll_site and f.day = k.previous
    ))
  group by r.visitor, k.key;
end $$;

-- Brings the rows of these visitors on one day up to date, and returns those whose row changed.
create function footfall.roll_up_visitors(roll_site text, roll_day date, start_at timestamptz, end_at timestamptz,
  touched bigint[], is_open boolean) returns bigint[]
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  changed bigint[];
  keys bigint[];
  previous_days date[];
  visitors bigint[];
begin
  /* rollups.roll_up_visitors */
  with present as materialized (
    select p.visitor, array_agg(distinct k.key order by k.key) as keys
    from footfall.rollup_part_visitors p cross join lateral unnest(p.keys) as k (key)
    where p.site = roll_site and p.bucket >= start_at and p.bucket < end_at and p.visitor = any (touched)
    group by p.visitor
  ),
  stored as materialized (
    select r.visitor, r.keys, r.previous, r.keys is not distinct from p.keys as is_same
    from footfall.rollup_visitors r left join present p on p.visitor = r.visitor
    where r.site = roll_site and r.day = roll_day and r.visitor = any (touched)
  ),
  fresh as materialized (
    select p.visitor, p.keys from present p left join stored s on s.visitor = p.visitor
    where s.keys is distinct from p.keys
  ),
  linked as materialized (
    select f.visitor, array_agg(k.key order by k.at) as keys,
      case when count(e.previous) > 0 then array_agg(e.previous order by k.at) end as previous
    from fresh f
    cross join lateral unnest(f.keys) with ordinality as k (key, at)
    left join footfall.find_previous_days(roll_site, roll_day, array(select visitor from fresh)) e
      on e.visitor = f.visitor and e.key = k.key
    group by f.visitor
  ),
  written as (
    insert into footfall.rollup_visitors as r (site, day, visitor, keys, previous)
    select roll_site, roll_day, l.visitor, l.keys, l.previous from linked l
    on conflict (site, visitor, day) do update set keys = excluded.keys, previous = excluded.previous
  ),
  gone as (
    delete from footfall.rollup_visitors r
    where r.site = roll_site and r.day = roll_day and r.visitor = any (touched)
      and not exists (select from present p where p.visitor = r.visitor)
  ),
  signed (key, previous, visitors) as (
    select k.key, k.previous, 1 from linked l cross join lateral unnest(l.keys, l.previous) as k (key, previous)
    union all
    select k.key, k.previous, case when is_open then -1 else 1 end
    from stored s cross join lateral unnest(s.keys, s.previous) as k (key, previous) where s.is_same <> is_open
    union all
    select d.key, null, -d.new_visitors from footfall.rollup_days d
    where d.site = roll_site and d.day = roll_day and not is_open
    union all
    select d.key, r.day, -r.visitors
    from footfall.rollup_days d cross join lateral unnest(d.returning_days, d.returning_visitors) as r (day, visitors)
    where d.site = roll_site and d.day = roll_day and not is_open
  ),
  summed as (
    select s.key, s.previous, sum(s.visitors) as visitors from signed s
    group by s.key, s.previous having sum(s.visitors) <> 0
  )
  select array(select s.visitor from stored s where not s.is_same union select f.visitor from fresh f),
    array_agg(s.key), array_agg(s.previous), array_agg(s.visitors)
  into changed, keys, previous_days, visitors from summed s;
  perform footfall.add_visitors(roll_site, array_fill(roll_day, array[coalesce(cardinality(keys), 0)]), keys,
    previous_days, visitors);
  return changed;
end $$;

-- Visitors changed on a day: finds the previous days on their later days again.
create function footfall.relink_visitors(roll_site text, roll_day date, changed bigint[]) returns void
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  later constant bigint[] := array(select distinct r.visitor from footfall.rollup_visitors r
    where r.site = roll_site and r.visitor = any (changed) and r.day > roll_day);
  days date[];
  keys bigint[];
  previous_days date[];
  visitors bigint[];
begin
  /* rollups.relink_visitors */
  if later = '{}' then
    return;
  end if;
  with chain as (
    select r.day, r.visitor, k.key, k.at, k.previous as stored,
      lag(r.day) over (partition by r.visitor, k.key order by r.day) as previous
    from footfall.rollup_visitors r
    cross join lateral unnest(r.keys, r.previous) with ordinality as k (key, previous, at)
    where r.site = roll_site and r.visitor = any (later)
  ),
  kept as materialized (
    select c.day, c.visitor, c.key, c.at, c.stored, case when c.previous is null and c.stored is not null then (
      select f.day from footfall.rollup_frozen f where f.site = roll_site and f.day = c.stored
    ) else c.previous end as previous
    from chain c
  ),
  linked as (
    select k.day, k.visitor, case when count(k.previous) > 0 then array_agg(k.previous order by k.at) end as previous
    from kept k group by k.day, k.visitor having bool_or(k.previous is distinct from k.stored)
  ),
  written as (
    update footfall.rollup_visitors r set previous = l.previous
    from linked l
    where r.site = roll_site and r.visitor = any (later) and r.day = l.day and r.visitor = l.visitor
  ),
  signed (day, key, previous, visitors) as (
    select k.day, k.key, k.previous, 1 from kept k where k.previous is distinct from k.stored
    union all select k.day, k.key, k.stored, -1 from kept k where k.previous is distinct from k.stored
  ),
  summed as (
    select s.day, s.key, s.previous, sum(s.visitors) as visitors from signed s
    group by s.day, s.key, s.previous having sum(s.visitors) <> 0
  )
  select array_agg(s.day), array_agg(s.key), array_agg(s.previous), array_agg(s.visitors)
  into days, keys, previous_days, visitors from summed s;
  perform footfall.add_visitors(roll_site, days, keys, previous_days, visitors);
end $$;

-- Quarter hours that follow each other, together.
create function footfall.rollup_spans(buckets timestamptz[]) returns table (start_at timestamptz, end_at timestamptz)
language sql immutable as $$
  select lower(span), upper(span)
  from (select unnest(range_agg(tstzrange(b, b + interval '15 minutes'))) as span from unnest(buckets) as b) as spans
$$;

-- The marked quarter hours of an open day; all of them of any other day, which is open from then on.
create function footfall.roll_up_day(roll_site text, roll_day date, zone text, marked timestamptz[]) returns void
language plpgsql as $$
declare
  start_at constant timestamptz := roll_day::timestamp at time zone zone;
  end_at constant timestamptz := (roll_day + 1)::timestamp at time zone zone;
  is_open constant boolean := exists (select from footfall.rollup_open_days o where o.site = roll_site and o.day = roll_day);
  touched bigint[] := '{}';
  emptied bigint[] := '{}';
  changed bigint[];
  span record;
  part record;
begin
  /* rollups.roll_up_day */
  for span in
    select * from footfall.rollup_spans(array(select b from unnest(marked) as b where b >= start_at and b < end_at))
    where is_open union all select start_at, end_at where not is_open
  loop
    select * into part
    from footfall.roll_up_parts(roll_site, roll_day, span.start_at, span.end_at, marked, is_open);
    touched := touched || part.touched;
    emptied := emptied || part.emptied;
  end loop;
  changed := footfall.roll_up_visitors(roll_site, roll_day, start_at, end_at, touched, is_open);
  perform footfall.relink_visitors(roll_site, roll_day, changed);
  -- What is empty goes now: a visitor may have been in one quarter hour with a key, and be in another one instead.
  delete from footfall.rollup_days d where d.site = roll_site and d.day = roll_day and d.key = any (emptied)
    and (d.pageviews, d.events, d.bot_events, d.sessions) = (0, 0, 0, 0);
  delete from footfall.rollup_parts p where p.site = roll_site and p.bucket = any (marked) and cardinality(emptied) > 0
    and (p.pageviews, p.events, p.bot_events, p.sessions) = (0, 0, 0, 0);
  insert into footfall.rollup_open_days (site, day) values (roll_site, roll_day) on conflict do nothing;
end $$;

-- Days before this one are made again as a whole, if ever.
create function footfall.close_rollup_days(roll_site text, first_open date, zone text) returns void
language plpgsql as $$
begin
  /* rollups.close_rollup_days */
  delete from footfall.rollup_open_days where site = roll_site and day < first_open;
  if not found then
    return;
  end if;
  delete from footfall.rollup_parts where site = roll_site and bucket < first_open::timestamp at time zone zone;
  delete from footfall.rollup_part_visitors where site = roll_site and bucket < first_open::timestamp at time zone zone;
end $$;

-- Of the sessions that have an event or their start between the two, a session being 24 hours long at most.
drop function footfall.set_times_on_page;
create function footfall.set_times_on_page(roll_site text, start_at timestamptz, end_at timestamptz) returns void
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  first_day constant date := (start_at at time zone 'UTC')::date - 2;
  last_day constant date := (end_at at time zone 'UTC')::date + 2;
  touched uuid[];
  days date[];
  ids uuid[];
  times integer[];
begin
  /* rollups.set_times_on_page */
  touched := array(
    select session_id from footfall.events
    where site = roll_site and occurred_at >= start_at and occurred_at < end_at and session_id is not null
      and event_day between first_day + 1 and last_day - 1 and type in ('pageview', 'engagement')
    union
    select session_id from footfall.sessions where site = roll_site and started_at >= start_at and started_at < end_at
  );
  with parts as (
    select event_day, event_id, type, time_on_page_ms as stored, coalesce(
      extract(epoch from lead(occurred_at) over (partition by session_id, type order by occurred_at, event_id)
        - occurred_at) * 1000,
      sum(case when type = 'engagement' and jsonb_typeof(props -> 'engagedMs') = 'number'
        then (props ->> 'engagedMs')::numeric end)
        over (partition by case type when 'pageview' then event_id else page_id end)) as on_page_ms
    from footfall.events
    where site = roll_site and event_day between first_day and last_day and type in ('pageview', 'engagement')
      and session_id = any (touched)
  ),
  timed as (
    select event_day, event_id, stored, case when on_page_ms < 2147483648 then on_page_ms::integer end as on_page_ms
    from parts where type = 'pageview'
  )
  select array_agg(event_day), array_agg(event_id), array_agg(on_page_ms) into days, ids, times
  from timed where stored is distinct from on_page_ms;
  -- Whoever holds a row moves it between sessions and marks them: this waits for nobody, so that nobody deadlocks with it.
  with locked as (
    select e.event_day, e.event_id from footfall.events e
    where e.site = roll_site and e.event_day = any (days) and e.event_id = any (ids)
    for no key update of e skip locked
  )
  update footfall.events e set time_on_page_ms = c.on_page_ms
  from locked l join unnest(days, ids, times) as c (event_day, event_id, on_page_ms)
    on c.event_day = l.event_day and c.event_id = l.event_id
  where e.site = roll_site and e.event_day = any (days) and e.event_id = any (ids)
    and e.event_day = l.event_day and e.event_id = l.event_id;
end $$;

create or replace function footfall.restart_rollups(roll_site text, zone text) returns void
language plpgsql as $$
begin
  /* rollups.restart_rollups */
  delete from footfall.rollup_days d where d.site = roll_site
    and not exists (select from footfall.rollup_frozen f where f.site = d.site and f.day = d.day);
  delete from footfall.daily_site_metrics d where d.site = roll_site
    and not exists (select from footfall.rollup_frozen f where f.site = d.site and f.day = d.day);
  delete from footfall.rollup_visitors where site = roll_site;
  perform footfall.close_rollup_days(roll_site, 'infinity', zone);
  insert into footfall.rollup_marks (site, bucket)
  select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events where site = roll_site
  union
  select distinct site, footfall.rollup_bucket(started_at) from footfall.sessions where site = roll_site;
  insert into footfall.rollup_sites (site, timezone) values (roll_site, zone)
  on conflict (site) do update set timezone = excluded.timezone;
end $$;

-- Takes the marks of a few days, the earliest first, so that a backlog finds the previous days as it goes, and makes their
-- quarter hours again from events and sessions. One transaction: after a crash the marks are still there. Each statement
-- has a snapshot of its own, later than the marks that it answers.
create or replace function footfall.roll_up(roll_site text, max_days integer, first_day date default '-infinity',
  last_day date default 'infinity') returns integer
language plpgsql set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  -- Late events of the day before yesterday are rare.
  open_days constant integer := 3;
  zone constant text := (select timezone from footfall.sites where site = roll_site);
  newest date;
  days date[];
  buckets timestamptz[];
  one date;
begin
  /* rollups.roll_up */
  perform pg_advisory_xact_lock(footfall.lock_rollups(roll_site));
  if zone is null then
    delete from footfall.rollup_marks where site = roll_site;
    return 0;
  end if;
  if zone is distinct from (select timezone from footfall.rollup_sites where site = roll_site) then
    perform footfall.restart_rollups(roll_site, zone);
  end if;
  newest := greatest((select max(day) from footfall.rollup_days where site = roll_site and dimension = 'all'),
    (select max(bucket at time zone zone)::date from footfall.rollup_marks where site = roll_site));
  days := array(select distinct (bucket at time zone zone)::date as day from footfall.rollup_marks
    where site = roll_site and (bucket at time zone zone)::date between first_day and last_day
    order by day limit max_days);
  with taken as (
    delete from footfall.rollup_marks
    where site = roll_site and (bucket at time zone zone)::date = any (days) returning bucket
  ),
  left_alone as (
    update footfall.rollup_buckets b set rolled_at = clock_timestamp() from taken t, footfall.rollup_frozen f
    where b.site = roll_site and b.bucket = t.bucket
      and f.site = roll_site and f.day = (t.bucket at time zone zone)::date
  )
  select array_agg(distinct t.bucket) into buckets from taken t
  where not exists (select from footfall.rollup_frozen f
    where f.site = roll_site and f.day = (t.bucket at time zone zone)::date);
  if buckets is null then
    return cardinality(days);
  end if;
  days := array(select distinct (b at time zone zone)::date as day from unnest(buckets) as b order by day);
  foreach one in array days loop
    perform footfall.roll_up_day(roll_site, one, zone, buckets);
  end loop;
  perform footfall.roll_up_metrics(roll_site, days);
  perform footfall.set_times_on_page(roll_site, s.start_at, s.end_at) from footfall.rollup_spans(buckets) s;
  perform footfall.close_rollup_days(roll_site, newest - (open_days - 1), zone);
  return cardinality(days);
end $$;
comment on function footfall.roll_up is 'Makes marked quarter hours of a site again, those of at most max_days days; returns how many days';

-- Keeps the numbers of a day whose events are about to be deleted. Call it in the transaction that deletes them.
create or replace function footfall.freeze_rollups(freeze_site text, first_day date, last_day date) returns void
language plpgsql as $$
declare
  zone constant text := (select timezone from footfall.rollup_sites where site = freeze_site);
begin
  /* rollups.freeze_rollups */
  -- All of the site: later days must have learned whom these days saw.
  while footfall.roll_up(freeze_site, 31) > 0 loop null; end loop;
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
