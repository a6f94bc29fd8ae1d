set local role footfall_owner;

-- Until the next pageview of the session, or of the last one what its engagement says. Kept by the row, so that a filter
-- on time reads the partitions of that time alone; the rollups bring it up to date.
alter table footfall.events add column time_on_page_ms integer;
comment on column footfall.events.time_on_page_ms is 'Of a pageview: until the next one of its session, else engaged';

-- A few bytes a partition: an index scan of the days that a filter on time does not reach finds nothing at once.
create index events_occurred on footfall.events using brin (occurred_at) with (pages_per_range = 16, autosummarize = on);

-- Written by the transaction that stores events: the quarter hours (in UTC) that changed. Append-only and without a key:
-- upserting one hot row would serialise the commits, and "do nothing" would lose a mark to the job that takes it.
create table footfall.rollup_marks (
  bucket timestamptz not null,
  site text not null
);

-- What the rollups of a site were made with. Another timezone means other days, and makes them anew.
create table footfall.rollup_sites (
  site text primary key,
  timezone text not null,
  sessions_ended_before timestamptz not null default '-infinity'
);
comment on column footfall.rollup_sites.sessions_ended_before is
  'Sessions whose last activity (ended_at) is before it are over; one that goes on is open again by itself';

-- Days whose events were deleted: their numbers stay as they were, and are never recomputed from what is left.
create table footfall.rollup_frozen (
  day date not null,
  site text not null,
  primary key (site, day)
);

create table footfall.rollup_buckets (
  bucket timestamptz not null,
  rolled_at timestamptz not null, -- on the collectors' clock where it is ahead, so that what was counted is not after it
  duration_us bigint not null,
  pageviews integer not null,
  events integer not null,
  bot_events integer not null,
  sessions integer not null,
  bounces integer not null,
  site text not null,
  primary key (site, bucket)
);
comment on table footfall.rollup_buckets is 'Counts of a quarter hour, which is the grain that every timezone of today divides into';

-- One row a dimension, value and day in the site's timezone; the dimension `all` holds the day itself. Distinct visitors
-- of any range: each is counted on the first day inside it, which is the day whose previous day lies before the range.
create table footfall.rollup_days (
  key bigint not null,
  duration_us bigint not null,
  day date not null,
  pageviews integer not null,
  events integer not null,
  bot_events integer not null,
  sessions integer not null,
  bounces integer not null,
  new_visitors integer not null,
  site text not null,
  dimension text not null,
  value text,
  returning_days date[],
  returning_visitors integer[],
  primary key (site, dimension, day, key)
);
comment on column footfall.rollup_days.key is 'footfall.rollup_key(dimension, value): a value may be too long for an index';
comment on column footfall.rollup_days.new_visitors is 'Visitors never seen before with this value';
comment on column footfall.rollup_days.returning_days is 'The previous days on which the other visitors were seen with this value, ascending';
comment on column footfall.rollup_days.returning_visitors is 'How many visitors were seen before on each of returning_days';

-- One row a visitor and day: where the previous days come from. It holds hashes alone, and goes with the events.
create table footfall.rollup_visitors (
  visitor bigint not null,
  day date not null,
  site text not null,
  keys bigint[] not null,
  previous date[],
  primary key (site, visitor, day)
);
comment on column footfall.rollup_visitors.keys is 'The keys of rollup_days that the visitor belongs to on the day, ascending';
comment on column footfall.rollup_visitors.previous is 'The previous day of each key; null where all of them are new';

-- A few bytes a row: equal entries of an index are stored once.
create index rollup_visitors_day on footfall.rollup_visitors (site, day);

create table footfall.daily_site_metrics (
  day date not null,
  unique_visitors integer not null,
  total_sessions integer not null,
  total_pageviews integer not null,
  total_events integer not null,
  direct_sessions integer not null,
  search_sessions integer not null,
  social_sessions integer not null,
  referral_sessions integer not null,
  bounced_sessions integer not null,
  avg_session_duration_seconds numeric not null,
  site text not null,
  primary key (site, day)
);
comment on table footfall.daily_site_metrics is 'A day of a site in its own timezone, without bots';
comment on column footfall.daily_site_metrics.direct_sessions is
  'Sessions by the medium of their referrer, and direct where the channel says so; the four need not add up to all';

do $$
declare
  relation text;
begin
  foreach relation in array array['rollup_marks', 'rollup_sites', 'rollup_frozen', 'rollup_buckets', 'rollup_days',
    'rollup_visitors', 'daily_site_metrics'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
    execute format('create policy ingest_all on footfall.%I to footfall_ingest using (true) with check (true)', relation);
    execute format('grant select, insert, update, delete on footfall.%I to footfall_ingest', relation);
    continue when relation = 'rollup_visitors';
    execute format($policy$create policy reader_one_site on footfall.%I for select to footfall_reader
      using (site = nullif(current_setting('app.site', true), ''))$policy$, relation);
    execute format('grant select on footfall.%I to footfall_reader', relation);
  end loop;
end $$;

create function footfall.rollup_key(dimension text, value text) returns bigint
language sql immutable parallel safe
return hashtextextended(case when value is null then dimension else dimension || '=' || value end, 0);

create function footfall.rollup_bucket(moment timestamptz) returns timestamptz
language sql immutable parallel safe
return date_bin('15 minutes', moment, timestamptz '1970-01-01 00:00:00+00');

-- The dimensions of a visit. A session belongs to the day on which it started. Without a campaign or a place that is as
-- fine, it is in no row of these: they would be the largest part of every visitor's keys, and say nothing.
create view footfall.rollup_visits with (security_invoker = true) as
select s.site, s.started_at, s.visitor_id, s.is_bounce, d.dimension, d.value,
  (extract(epoch from s.last_seen_at - s.started_at) * 1000000)::bigint as duration_us
from footfall.sessions s
cross join lateral (values ('all', null), ('entry_page', s.entry_path), ('exit_page', s.exit_path),
  ('source', s.referrer_source), ('medium', s.referrer_medium), ('channel', s.channel), ('country', s.country),
  ('region', s.region), ('city', s.city), ('browser', s.browser), ('os', s.os), ('device', s.device),
  ('language', s.language), ('utm_source', s.utm_source), ('utm_medium', s.utm_medium),
  ('utm_campaign', s.utm_campaign), ('utm_content', s.utm_content), ('utm_term', s.utm_term)) as d (dimension, value)
where s.entry_rank < 2 and not s.is_bot and (d.value is not null or d.dimension not in ('region', 'city', 'utm_source',
  'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'));
grant select on footfall.rollup_visits to footfall_ingest;

create function footfall.roll_up_buckets(roll_site text, buckets timestamptz[]) returns void
language plpgsql as $$
declare
  start_at constant timestamptz := (select min(b) from unnest(buckets) as b);
  end_at constant timestamptz := (select max(b) + interval '15 minutes' from unnest(buckets) as b);
begin
  /* rollups.roll_up_buckets */
  with hits as (
    select footfall.rollup_bucket(e.occurred_at) as bucket, count(*) filter (where not is_bot) as events,
      count(*) filter (where type = 'pageview' and not is_bot) as pageviews,
      count(*) filter (where is_bot) as bot_events, max(received_at) as last_received_at
    from footfall.events e
    where e.site = roll_site and e.occurred_at >= start_at and e.occurred_at < end_at
      and e.event_day between (start_at at time zone 'UTC')::date - 1 and (end_at at time zone 'UTC')::date + 1
    group by 1
  ),
  visits as (
    select footfall.rollup_bucket(started_at) as bucket, count(*) as sessions,
      count(*) filter (where is_bounce) as bounces, sum(duration_us) as duration_us
    from footfall.rollup_visits
    where site = roll_site and started_at >= start_at and started_at < end_at and dimension = 'all'
    group by 1
  )
  insert into footfall.rollup_buckets as b
    (site, bucket, rolled_at, pageviews, events, bot_events, sessions, bounces, duration_us)
  select roll_site, w.bucket, greatest(clock_timestamp(), h.last_received_at), coalesce(h.pageviews, 0), coalesce(h.events, 0),
    coalesce(h.bot_events, 0), coalesce(v.sessions, 0), coalesce(v.bounces, 0), coalesce(v.duration_us, 0)
  from (select distinct unnest(buckets) as bucket) w
  left join hits h on h.bucket = w.bucket
  left join visits v on v.bucket = w.bucket
  on conflict (site, bucket) do update set rolled_at = excluded.rolled_at, pageviews = excluded.pageviews,
    events = excluded.events, bot_events = excluded.bot_events, sessions = excluded.sessions,
    bounces = excluded.bounces, duration_us = excluded.duration_us;
end $$;

-- On which day before a given one visitors were last seen with each key.
create function footfall.find_previous_days(roll_site text, roll_day date, visitors bigint[])
returns table (visitor bigint, key bigint, previous date)
language plpgsql stable set enable_nestloop = on as $$
begin
  /* rollups.find_previous_days */
  return query
  select r.visitor, k.key, max(case when r.day < roll_day then r.day else k.previous end)
  from unnest(visitors) as v (visitor)
  join footfall.rollup_visitors r on r.site = roll_site and r.visitor = v.visitor and r.day <= roll_day
  cross join lateral unnest(r.keys, r.previous) as k (key, previous)
  -- A previous day whose visitors were deleted is known from the row itself alone.
  where r.day < roll_day or exists (
    select from footfall.rollup_frozen f where f.site = roll_site and f.day = k.previous
  )
  group by r.visitor, k.key;
end $$;

-- The tables of the rollups grow from nothing within one run, faster than their statistics: where a nested loop would be
-- quadratic, the functions from here on do without.
-- Brings the rows of the visitors of one day up to date, and returns the visitors whose row changed.
create function footfall.roll_up_visitors(roll_site text, roll_day date, start_at timestamptz, end_at timestamptz)
returns bigint[]
language plpgsql set enable_nestloop = off as $$
declare
  changed bigint[];
begin
  /* rollups.roll_up_visitors */
  with hits as (
    select hashtextextended(visitor_id, 0) as visitor, type, path from footfall.events
    where site = roll_site and event_day between roll_day - 1 and roll_day + 1
      and occurred_at >= start_at and occurred_at < end_at and not is_bot and visitor_id is not null
  ),
  seen as (
    select visitor, footfall.rollup_key('all', null) as key from hits
    union select visitor, footfall.rollup_key('page', path) from hits where type = 'pageview'
    union select hashtextextended(visitor_id, 0), footfall.rollup_key(dimension, value) from footfall.rollup_visits
    where site = roll_site and started_at >= start_at and started_at < end_at and visitor_id is not null
  ),
  present as (
    select visitor, array_agg(key order by key) as keys from seen group by visitor
  ),
  gone as (
    delete from footfall.rollup_visitors r where r.site = roll_site and r.day = roll_day
      and not exists (select from present p where p.visitor = r.visitor)
    returning r.visitor
  ),
  fresh as materialized (
    select p.visitor, p.keys from present p
    left join footfall.rollup_visitors r on r.site = roll_site and r.day = roll_day and r.visitor = p.visitor
    where r.keys is distinct from p.keys
  ),
  linked as (
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
    select roll_site, roll_day, visitor, keys, previous from linked
    on conflict (site, visitor, day) do update set keys = excluded.keys, previous = excluded.previous
    returning r.visitor
  )
  select array_agg(visitor) into changed from (select visitor from gone union all select visitor from written) v;
  return changed;
end $$;

-- Visitors changed on a day: finds the previous days on their later days again, and returns the days on which one changed.
create function footfall.relink_visitors(roll_site text, roll_day date, changed bigint[]) returns date[]
language plpgsql as $$
declare
  days date[];
begin
  /* rollups.relink_visitors */
  with later as (
    select distinct r.visitor from unnest(changed) as c (visitor)
    join footfall.rollup_visitors r on r.site = roll_site and r.visitor = c.visitor and r.day > roll_day
  ),
  history as (
    select r.day, r.visitor, r.keys, r.previous
    from later l join footfall.rollup_visitors r on r.site = roll_site and r.visitor = l.visitor
  ),
  chain as (
    select h.day, h.visitor, k.at, k.previous as stored,
      lag(h.day) over (partition by h.visitor, k.key order by h.day) as previous
    from history h cross join lateral unnest(h.keys, h.previous) with ordinality as k (key, previous, at)
  ),
  kept as (
    select c.day, c.visitor, c.at, case when c.previous is null and c.stored is not null then (
      select f.day from footfall.rollup_frozen f where f.site = roll_site and f.day = c.stored
    ) else c.previous end as previous
    from chain c
  ),
  linked as (
    select day, visitor, case when count(previous) > 0 then array_agg(previous order by at) end as previous
    from kept group by day, visitor
  ),
  written as (
    update footfall.rollup_visitors r set previous = l.previous
    from linked l
    where r.site = roll_site and r.day = l.day and r.visitor = l.visitor and r.previous is distinct from l.previous
    returning r.day
  )
  select array_agg(distinct day) into days from written;
  return coalesce(days, '{}');
end $$;

-- The visitors of a day by key and previous day.
create function footfall.rollup_day_visitors(roll_site text, roll_day date)
returns table (key bigint, new_visitors integer, returning_days date[], returning_visitors integer[])
language sql stable as $$
  /* rollups.rollup_day_visitors */
  with seen as (
    select k.key, k.previous, count(*)::integer as visitors
    from footfall.rollup_visitors r cross join lateral unnest(r.keys, r.previous) as k (key, previous)
    where r.site = roll_site and r.day = roll_day
    group by k.key, k.previous
  )
  select key, coalesce(sum(visitors) filter (where previous is null), 0)::integer,
    array_agg(previous order by previous) filter (where previous is not null),
    array_agg(visitors order by previous) filter (where previous is not null)
  from seen group by key;
$$;

create function footfall.roll_up_day(roll_site text, roll_day date, start_at timestamptz, end_at timestamptz)
returns void
language plpgsql set enable_nestloop = off as $$
begin
  /* rollups.roll_up_day */
  with hits as (
    select type, path, is_bot from footfall.events
    where site = roll_site and event_day between roll_day - 1 and roll_day + 1
      and occurred_at >= start_at and occurred_at < end_at
  ),
  parts as (
    select 'all' as dimension, null::text as value, count(*) filter (where type = 'pageview' and not is_bot) as pageviews,
      count(*) filter (where not is_bot) as events, count(*) filter (where is_bot) as bot_events,
      0::bigint as sessions, 0::bigint as bounces, 0::numeric as duration_us
    from hits having count(*) > 0
    union all
    select 'page', path, count(*), count(*), 0, 0, 0, 0 from hits where type = 'pageview' and not is_bot group by path
    union all
    select dimension, value, 0, 0, 0, count(*), count(*) filter (where is_bounce), sum(duration_us)
    from footfall.rollup_visits
    where site = roll_site and started_at >= start_at and started_at < end_at
    group by dimension, value
  ),
  counts as (
    -- By key: two values made to collide must not stop the rollups, which take them for one.
    select dimension, min(value) as value, footfall.rollup_key(dimension, value) as key, sum(pageviews) as pageviews,
      sum(events) as events, sum(bot_events) as bot_events, sum(sessions) as sessions, sum(bounces) as bounces,
      sum(duration_us) as duration_us
    from parts group by dimension, footfall.rollup_key(dimension, value)
  ),
  gone as (
    delete from footfall.rollup_days d where d.site = roll_site and d.day = roll_day
      and not exists (select from counts c where c.dimension = d.dimension and c.key = d.key)
  )
  insert into footfall.rollup_days as d (site, day, dimension, key, value, pageviews, events, bot_events, sessions,
    bounces, duration_us, new_visitors, returning_days, returning_visitors)
  select roll_site, roll_day, c.dimension, c.key, c.value, c.pageviews, c.events, c.bot_events, c.sessions,
    c.bounces, c.duration_us, coalesce(v.new_visitors, 0), v.returning_days, v.returning_visitors
  from counts c left join footfall.rollup_day_visitors(roll_site, roll_day) v on v.key = c.key
  on conflict (site, dimension, day, key) do update set pageviews = excluded.pageviews, events = excluded.events,
    bot_events = excluded.bot_events, sessions = excluded.sessions, bounces = excluded.bounces,
    duration_us = excluded.duration_us, new_visitors = excluded.new_visitors,
    returning_days = excluded.returning_days, returning_visitors = excluded.returning_visitors
  where (d.pageviews, d.events, d.bot_events, d.sessions, d.bounces, d.duration_us, d.new_visitors,
      d.returning_days, d.returning_visitors)
    is distinct from (excluded.pageviews, excluded.events, excluded.bot_events, excluded.sessions, excluded.bounces,
      excluded.duration_us, excluded.new_visitors, excluded.returning_days, excluded.returning_visitors);
end $$;

-- Days that were not recomputed themselves: a visitor's earlier day came or went.
create function footfall.roll_up_returning(roll_site text, days date[]) returns void
language plpgsql set enable_nestloop = off as $$
begin
  /* rollups.roll_up_returning */
  update footfall.rollup_days d set new_visitors = v.new_visitors, returning_days = v.returning_days,
    returning_visitors = v.returning_visitors
  from unnest(days) as u (day)
  cross join lateral footfall.rollup_day_visitors(roll_site, u.day) v
  where d.site = roll_site and d.day = any (days) and d.day = u.day and d.key = v.key
    and (d.new_visitors, d.returning_days, d.returning_visitors)
      is distinct from (v.new_visitors, v.returning_days, v.returning_visitors);
end $$;

create function footfall.roll_up_metrics(roll_site text, days date[]) returns void
language plpgsql as $$
begin
  /* rollups.roll_up_metrics */
  delete from footfall.daily_site_metrics where site = roll_site and day = any (days);
  insert into footfall.daily_site_metrics (site, day, unique_visitors, total_sessions, total_pageviews, total_events,
    direct_sessions, search_sessions, social_sessions, referral_sessions, bounced_sessions,
    avg_session_duration_seconds)
  select a.site, a.day,
    a.new_visitors + coalesce((select sum(n) from unnest(a.returning_visitors) as n), 0),
    a.sessions, a.pageviews, a.events, coalesce(m.direct, 0), coalesce(m.search, 0), coalesce(m.social, 0),
    coalesce(m.referral, 0), a.bounces, coalesce(round(a.duration_us / 1000000.0 / nullif(a.sessions, 0), 3), 0)
  from footfall.rollup_days a
  left join (
    select day, sum(sessions) filter (where dimension = 'channel' and value = 'Direct') as direct,
      sum(sessions) filter (where dimension = 'medium' and value = 'search') as search,
      sum(sessions) filter (where dimension = 'medium' and value = 'social') as social,
      sum(sessions) filter (where dimension = 'medium' and value = 'referral') as referral
    from footfall.rollup_days
    where site = roll_site and day = any (days) and dimension in ('channel', 'medium')
    group by day
  ) m on m.day = a.day
  where a.site = roll_site and a.day = any (days) and a.dimension = 'all';
end $$;

-- Of the sessions that have an event or their start in one of the buckets.
create function footfall.set_times_on_page(roll_site text, buckets timestamptz[]) returns void
language plpgsql as $$
declare
  start_at constant timestamptz := (select min(b) from unnest(buckets) as b);
  end_at constant timestamptz := (select max(b) + interval '15 minutes' from unnest(buckets) as b);
  first_day constant date := (start_at at time zone 'UTC')::date;
  last_day constant date := (end_at at time zone 'UTC')::date;
begin
  /* rollups.set_times_on_page */
  with touched as (
    select session_id from footfall.events
    where site = roll_site and occurred_at >= start_at and occurred_at < end_at and session_id is not null
      and event_day between first_day - 1 and last_day + 1 and type in ('pageview', 'engagement')
      and footfall.rollup_bucket(occurred_at) = any (buckets)
    union
    select session_id from footfall.sessions
    where site = roll_site and started_at >= start_at and started_at < end_at
      and footfall.rollup_bucket(started_at) = any (buckets)
  ),
  -- A session lasts 24 hours at most.
  parts as materialized (
    select e.event_day, e.event_id, e.session_id, e.type, e.page_id, e.occurred_at, e.time_on_page_ms, e.props
    from footfall.events e
    where e.site = roll_site and e.event_day between first_day - 2 and last_day + 2
      and e.type in ('pageview', 'engagement') and e.session_id in (select session_id from touched)
  ),
  engaged as (
    select page_id, sum((props ->> 'engagedMs')::numeric) as engaged_ms from parts
    where type = 'engagement' and page_id is not null and jsonb_typeof(props -> 'engagedMs') = 'number'
    group by page_id
  ),
  pages as (
    select event_day, event_id, time_on_page_ms, extract(epoch from lead(occurred_at)
      over (partition by session_id order by occurred_at, event_id) - occurred_at) * 1000 as until_next_ms
    from parts where type = 'pageview'
  ),
  timed as (
    select p.event_day, p.event_id, p.time_on_page_ms as stored,
      case when coalesce(p.until_next_ms, g.engaged_ms) < 2147483648
        then coalesce(p.until_next_ms, g.engaged_ms)::integer end as time_on_page_ms
    from pages p left join engaged g on g.page_id = p.event_id
  ),
  -- Whoever holds a row moves it between sessions and marks them: this waits for nobody, so that nobody deadlocks with it.
  locked as (
    select e.event_day, e.event_id, t.time_on_page_ms
    from timed t
    join footfall.events e on e.site = roll_site and e.event_day = t.event_day and e.event_id = t.event_id
    where t.stored is distinct from t.time_on_page_ms and e.event_day between first_day - 2 and last_day + 2
    for no key update of e skip locked
  )
  update footfall.events e set time_on_page_ms = l.time_on_page_ms
  from locked l
  where e.site = roll_site and e.event_day = l.event_day and e.event_id = l.event_id
    and e.event_day between first_day - 2 and last_day + 2;
end $$;

create function footfall.lock_rollups(roll_site text) returns bigint
language sql stable
return hashtextextended('footfall rollups ' || roll_site, 0);

-- A site has moved to another timezone: all days that can be made again are.
create function footfall.restart_rollups(roll_site text, zone text) returns void
language plpgsql as $$
begin
  /* rollups.restart_rollups */
  delete from footfall.rollup_days d where d.site = roll_site
    and not exists (select from footfall.rollup_frozen f where f.site = d.site and f.day = d.day);
  delete from footfall.daily_site_metrics d where d.site = roll_site
    and not exists (select from footfall.rollup_frozen f where f.site = d.site and f.day = d.day);
  delete from footfall.rollup_visitors where site = roll_site;
  insert into footfall.rollup_marks (site, bucket)
  select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events where site = roll_site
  union
  select distinct site, footfall.rollup_bucket(started_at) from footfall.sessions where site = roll_site;
  insert into footfall.rollup_sites (site, timezone) values (roll_site, zone)
  on conflict (site) do update set timezone = excluded.timezone;
end $$;

-- Takes the marks of a few days, the earliest first, so that a backlog finds the previous days as it goes, and makes these days again from events and sessions. One transaction:
-- after a crash the marks are still there. Each statement has a snapshot of its own, later than the marks that it answers.
create function footfall.roll_up(roll_site text, max_days integer, first_day date default '-infinity',
  last_day date default 'infinity') returns integer
language plpgsql set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  zone constant text := (select timezone from footfall.sites where site = roll_site);
  days date[];
  buckets timestamptz[];
  relinked date[] := '{}';
  changed bigint[];
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
  perform footfall.roll_up_buckets(roll_site, buckets);
  days := array(select distinct (b at time zone zone)::date from unnest(buckets) as b);
  foreach one in array days loop
    changed := footfall.roll_up_visitors(roll_site, one, one::timestamp at time zone zone,
      (one + 1)::timestamp at time zone zone);
    relinked := relinked || footfall.relink_visitors(roll_site, one, changed);
  end loop;
  foreach one in array days loop
    perform footfall.roll_up_day(roll_site, one, one::timestamp at time zone zone,
      (one + 1)::timestamp at time zone zone);
  end loop;
  perform footfall.roll_up_returning(roll_site, array(select distinct unnest(relinked) except select unnest(days)));
  perform footfall.roll_up_metrics(roll_site, days);
  perform footfall.set_times_on_page(roll_site, buckets);
  return cardinality(days);
end $$;
comment on function footfall.roll_up is 'Makes marked days of a site again, at most max_days of them; returns how many';

-- Keeps the numbers of a day whose events are about to be deleted. Call it in the transaction that deletes them.
create function footfall.freeze_rollups(freeze_site text, first_day date, last_day date) returns void
language plpgsql as $$
begin
  /* rollups.freeze_rollups */
  -- All of the site: later days must have learned whom these days saw.
  while footfall.roll_up(freeze_site, 31) > 0 loop null; end loop;
  insert into footfall.rollup_frozen (site, day)
  select distinct site, day from footfall.rollup_days
  where site = freeze_site and day between first_day and last_day
  on conflict do nothing;
  delete from footfall.rollup_visitors where site = freeze_site and day between first_day and last_day;
end $$;
comment on function footfall.freeze_rollups is 'Days in the timezone of the site, both inclusive; retention pads them by a day';

create function footfall.end_sessions(moment timestamptz) returns void
language plpgsql as $$
begin
  /* rollups.end_sessions */
  insert into footfall.rollup_sites as r (site, timezone, sessions_ended_before)
  select site, timezone, moment - interval '30 minutes' from footfall.sites order by site
  on conflict (site) do update set sessions_ended_before = excluded.sessions_ended_before
  where excluded.sessions_ended_before > r.sessions_ended_before;
end $$;
comment on function footfall.end_sessions is 'Sessions without activity in the 30 minutes before the moment are over';

-- What is stored already is rolled up by the job.
insert into footfall.rollup_marks (site, bucket)
select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events
union
select distinct site, footfall.rollup_bucket(started_at) from footfall.sessions;
