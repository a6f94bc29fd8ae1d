-- The vocabulary of an event pipeline (raw log, sessions, pageviews, daily metrics) as views over the one truth in schema
-- footfall. security_invoker: a plain view would show its owner's rows, which are those of every site.
create schema if not exists pipeline authorization footfall_owner;
grant usage on schema pipeline to footfall_ingest, footfall_reader;

-- For a login that is made of the reader role itself. SET ROLE does not take it over: the collector sets it by itself.
do $$
begin
  execute format('alter role footfall_reader in database %I set search_path = pipeline, public', current_database());
exception when insufficient_privilege or internal_error then null; -- granted by an administrator, or set at the same time
end $$;

set local role footfall_owner;

-- An event is processed when its quarter hour was rolled up after it came. Rows inserted by hand have no mark, and a
-- quarter hour that was rolled up before them, or never.
create or replace view pipeline.events_log with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.event_id,
  e.type::varchar(50) as event_type,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  e.occurred_at as "timestamp",
  e.url,
  e.path::varchar(500) as path,
  s.user_agent,
  null::inet as ip_address,
  jsonb_strip_nulls(jsonb_build_object('id', e.event_id, 'type', e.type, 'name', e.name, 'ts', e.occurred_at,
    'url', e.url, 'referrer', e.referrer, 'title', e.title, 'value', e.value, 'currency', e.currency,
    'pageId', e.page_id, 'seq', e.seq, 'userId', e.user_id)) || jsonb_build_object('props', e.props) as raw_event_data,
  e.received_at as created_at,
  case when b.rolled_at >= e.received_at and not exists (
    select from footfall.rollup_marks m where m.site = e.site and m.bucket = b.bucket
  ) then b.rolled_at end as processed_at
from footfall.events e
left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
left join footfall.rollup_buckets b on b.site = e.site and b.bucket = footfall.rollup_bucket(e.occurred_at);
comment on column pipeline.events_log.id is 'A hash of event_id, which is the key: there is no sequence';
comment on column pipeline.events_log.ip_address is 'Always null: addresses are never stored';

create or replace view pipeline.user_sessions with (security_invoker = true) as
select s.session_id::varchar(100) as session_id,
  s.visitor_id::varchar(100) as visitor_id,
  s.site::varchar(100) as site_id,
  s.started_at as session_start,
  case when s.ended_at < r.sessions_ended_before then s.last_seen_at end as session_end,
  floor(extract(epoch from s.last_seen_at - s.started_at))::integer as duration_seconds,
  s.pageview_count,
  s.event_count,
  s.is_bounce as bounce,
  s.entry_url,
  s.entry_path::varchar(500) as entry_path,
  s.entry_title,
  s.exit_url,
  s.exit_path::varchar(500) as exit_path,
  s.utm_source::varchar(100) as utm_source,
  s.utm_medium::varchar(100) as utm_medium,
  s.utm_campaign::varchar(100) as utm_campaign,
  s.utm_content::varchar(100) as utm_content,
  s.utm_term::varchar(100) as utm_term,
  (case when s.channel = 'Direct' then 'direct' else coalesce(s.referrer_medium,
    case when s.utm_source is not null or s.click_id is not null then 'campaign' end) end)::varchar(50) as referrer_type,
  s.referrer_source::varchar(100) as referrer_platform,
  s.referrer as original_referrer,
  s.user_agent,
  s.language::varchar(10) as browser_language,
  s.timezone::varchar(50) as timezone,
  s.screen_width::integer as screen_width,
  s.screen_height::integer as screen_height,
  s.viewport_width::integer as viewport_width,
  s.viewport_height::integer as viewport_height,
  (case when s.pixel_ratio between 0 and 9.99 then s.pixel_ratio end)::numeric(3,2) as device_pixel_ratio
from footfall.sessions s
left join footfall.rollup_sites r on r.site = s.site
where s.entry_rank < 2 and not s.is_bot;
comment on column pipeline.user_sessions.session_end is 'Null while the session is live, see update_active_sessions';

create or replace view pipeline.pageviews with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  e.url,
  e.path::varchar(500) as path,
  e.title,
  substring(e.url from '[?]([^#]*)') as query_params,
  substring(e.url from '#(.*)$')::varchar(500) as hash_fragment,
  e.occurred_at as view_timestamp,
  round(e.time_on_page_ms / 1000.0)::integer as time_on_page_seconds,
  e.referrer,
  coalesce(e.referrer_medium = 'internal', false) as internal_referrer,
  e.utm_source::varchar(100) as utm_source,
  e.utm_medium::varchar(100) as utm_medium,
  e.utm_campaign::varchar(100) as utm_campaign,
  e.utm_content::varchar(100) as utm_content,
  e.utm_term::varchar(100) as utm_term
from footfall.events e
where e.type = 'pageview' and not e.is_bot;

create or replace view pipeline.user_events with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  e.type::varchar(50) as event_type,
  e.occurred_at as event_timestamp,
  e.url as page_url,
  e.path::varchar(500) as page_path,
  e.props as event_data,
  (e.props ->> 'tag')::varchar(20) as element_tag,
  e.props ->> 'classes' as element_classes,
  (e.props ->> 'elementId')::varchar(100) as element_id,
  case when e.type = 'scroll_depth' and jsonb_typeof(e.props -> 'percent') = 'number'
    then round(least(greatest((e.props ->> 'percent')::numeric, 0), 100))::integer end as scroll_percentage,
  (e.props ->> 'formId')::varchar(100) as form_id
from footfall.events e
where e.type <> 'pageview' and not e.is_bot;

create or replace view pipeline.form_submissions with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  (e.props ->> 'formId')::varchar(100) as form_id,
  e.props ->> 'action' as form_action,
  (e.props ->> 'method')::varchar(10) as form_method,
  e.url as page_url,
  e.path::varchar(500) as page_path,
  e.occurred_at as submit_timestamp,
  case when jsonb_typeof(e.props -> 'fieldCount') = 'number'
    then least((e.props ->> 'fieldCount')::numeric, 2147483647)::integer end as field_count,
  e.props -> 'fields' as form_data
from footfall.events e
where e.type = 'form_submit' and not e.is_bot;

create or replace view pipeline.daily_site_metrics with (security_invoker = true) as
select hashtext(d.site || d.day) as id,
  d.site::varchar(100) as site_id,
  d.day as metric_date,
  d.unique_visitors,
  d.total_sessions,
  d.total_pageviews,
  (d.bounced_sessions::numeric / nullif(d.total_sessions, 0))::numeric(5,4) as bounce_rate,
  round(d.avg_session_duration_seconds)::integer as avg_session_duration_seconds,
  (d.total_pageviews::numeric / nullif(d.total_sessions, 0))::numeric(8,2) as avg_pages_per_session,
  d.total_events,
  d.direct_sessions,
  d.search_sessions,
  d.social_sessions,
  d.referral_sessions
from footfall.daily_site_metrics d;

create or replace view pipeline.active_sessions with (security_invoker = true) as
select s.*, now() - s.session_start as session_age
from pipeline.user_sessions s
where s.session_end is null and s.session_start > now() - interval '30 minutes';

create or replace view pipeline.page_performance with (security_invoker = true) as
select site_id, path, count(*) as total_views, avg(time_on_page_seconds) as avg_time_on_page,
  count(distinct session_id) as unique_sessions,
  sum(case when time_on_page_seconds < 10 then 1 else 0 end)::numeric / count(*) as bounce_rate
from pipeline.pageviews
where view_timestamp > now() - interval '30 days'
group by site_id, path;

create or replace view pipeline.traffic_sources with (security_invoker = true) as
select site_id, referrer_type, count(distinct session_id) as sessions, count(distinct visitor_id) as unique_visitors,
  avg(duration_seconds) as avg_session_duration, avg(pageview_count) as avg_pages_per_session
from pipeline.user_sessions
where session_start > now() - interval '30 days'
group by site_id, referrer_type;

grant select on all tables in schema pipeline to footfall_ingest, footfall_reader;

-- A session id that is no UUID keeps its sessions together under one that follows from it.
create or replace function pipeline.to_session_id(site_id text, session_id text) returns uuid
language sql immutable
return case when session_id ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then session_id::uuid
  else md5(site_id || ' ' || session_id)::uuid end;

create or replace function pipeline.insert_into_events_log() returns trigger
language plpgsql as $$
begin
  /* pipeline.insert_into_events_log */
  new.event_id := coalesce(new.event_id, gen_random_uuid());
  new.created_at := coalesce(new.created_at, now());
  new.path := coalesce(new.path, substring(new.url from '^https?://[^/?#]*(/[^?#]*)'));
  insert into footfall.events (site, event_id, event_day, occurred_at, received_at, session_id, visitor_id, type, name,
    url, host, path, referrer, title, props)
  values (new.site_id, new.event_id, (new."timestamp" at time zone 'UTC')::date, new."timestamp", new.created_at,
    pipeline.to_session_id(new.site_id, new.session_id), new.visitor_id, new.event_type,
    new.raw_event_data ->> 'name', new.url, lower(substring(new.url from '^https?://([^/?#:@]+)')), new.path,
    new.raw_event_data ->> 'referrer', new.raw_event_data ->> 'title',
    coalesce(nullif(new.raw_event_data -> 'props', 'null'), new.raw_event_data))
  on conflict do nothing;
  return new;
end $$;

create trigger insert_into_events_log instead of insert on pipeline.events_log
  for each row execute function pipeline.insert_into_events_log();

-- While a browser may still send events of the day, a deletion is a correction and the numbers follow it. Later the day
-- is only cleaned up: sessions and numbers made from it stay.
create or replace function pipeline.delete_from_events_log() returns trigger
language plpgsql as $$
declare
  local_day constant date := (select (old."timestamp" at time zone timezone)::date from footfall.sites where site = old.site_id);
begin
  /* pipeline.delete_from_events_log */
  if old."timestamp" > now() - interval '35 days' then
    insert into footfall.rollup_marks (site, bucket) values (old.site_id, footfall.rollup_bucket(old."timestamp"));
  elsif local_day is not null and not exists (select from footfall.rollup_frozen f where f.site = old.site_id and f.day = local_day)
  then
    perform footfall.freeze_rollups(old.site_id, local_day, local_day);
  end if;
  delete from footfall.events e
  where e.site = old.site_id and e.event_id = old.event_id and e.occurred_at = old."timestamp"
    and e.event_day between (old."timestamp" at time zone 'UTC')::date - 1
      and (old."timestamp" at time zone 'UTC')::date + 1;
  return old;
end $$;

create trigger delete_from_events_log instead of delete on pipeline.events_log
  for each row execute function pipeline.delete_from_events_log();

grant insert, delete on pipeline.events_log to footfall_ingest;

-- Sessions of events that were inserted by hand; the collector writes its own.
create or replace function pipeline.add_missing_sessions(event_ids uuid[]) returns void
language plpgsql as $$
begin
  /* pipeline.add_missing_sessions */
  with missing as (
    select distinct e.site, e.session_id from footfall.events e
    left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
    where e.event_id = any (event_ids) and e.session_id is not null and s.session_id is null
  ),
  parts as (
    select e.*, case e.type when 'pageview' then 0 when 'engagement' then 2 when 'web_vital' then 2
      when 'exposure' then 2 else 1 end::smallint as entry_rank
    from footfall.events e join missing m on m.site = e.site and m.session_id = e.session_id
  ),
  entries as (
    select distinct on (site, session_id) * from parts order by site, session_id, entry_rank, occurred_at, event_id
  ),
  exits as (
    select distinct on (site, session_id) * from parts where type = 'pageview'
    order by site, session_id, occurred_at desc, event_id desc
  ),
  counts as (
    select p.site, p.session_id, max(p.occurred_at) as last_seen_at, bool_or(p.is_bot) as is_bot, count(*) as events,
      coalesce(min(p.occurred_at) filter (where p.entry_rank < 2), min(p.occurred_at)) as started_at,
      coalesce(max(p.occurred_at) filter (where p.entry_rank < 2), max(p.occurred_at)) as ended_at,
      count(*) filter (where type = 'pageview') as pageviews, count(*) filter (where type = 'error') as errors,
      count(*) filter (where type in ('click', 'form_start', 'form_submit', 'text_copy', 'custom')) as interactions
    from parts p group by p.site, p.session_id
  )
  insert into footfall.sessions (site, session_id, started_at, ended_at, last_seen_at, entry_at, entry_event_id,
    entry_rank, exit_at, exit_event_id, pageview_count, event_count, interaction_count, error_count, is_client_id,
    is_bot, visitor_id, user_id, entry_url, entry_host, entry_path, entry_title, exit_url, exit_path, referrer,
    referrer_source, referrer_medium, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, browser,
    os, device, country, language)
  select c.site, c.session_id, c.started_at, c.ended_at, c.last_seen_at, n.occurred_at, n.event_id,
    n.entry_rank, x.occurred_at, x.event_id, c.pageviews, c.events, c.interactions, c.errors, true,
    c.is_bot, n.visitor_id, n.user_id, n.url, n.host, n.path, n.title, x.url, x.path, n.referrer,
    n.referrer_source, n.referrer_medium, n.channel, n.utm_source, n.utm_medium, n.utm_campaign, n.utm_content,
    n.utm_term, n.browser, n.os, n.device, n.country, n.language
  from counts c
  join entries n on n.site = c.site and n.session_id = c.session_id
  left join exits x on x.site = c.site and x.session_id = c.session_id
  on conflict do nothing;
end $$;

-- Makes every marked day again, however many there are.
create or replace procedure pipeline.roll_up_marked(first_day date default '-infinity', last_day date default 'infinity')
language plpgsql as $$
declare
  one text;
begin
  for one in select distinct site from footfall.rollup_marks order by site loop
    while footfall.roll_up(one, 31, first_day, last_day) > 0 loop null; end loop;
  end loop;
end $$;

create or replace procedure pipeline.process_events_batch(batch_size integer default 1000)
language plpgsql as $$
declare
  batch uuid[];
begin
  /* pipeline.process_events_batch */
  batch := array(select event_id from pipeline.events_log where processed_at is null order by created_at limit batch_size);
  perform pipeline.add_missing_sessions(batch);
  insert into footfall.rollup_marks (site, bucket)
  select e.site, footfall.rollup_bucket(e.occurred_at) from footfall.events e where e.event_id = any (batch)
  union
  select e.site, footfall.rollup_bucket(s.started_at) from footfall.events e
  join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
  where e.event_id = any (batch);
  call pipeline.roll_up_marked();
end $$;
comment on procedure pipeline.process_events_batch is 'Rolls up the oldest events that are not, and whatever is marked; also those that were inserted by hand';

create or replace procedure pipeline.update_active_sessions()
language plpgsql as $$
begin
  /* pipeline.update_active_sessions */
  perform footfall.end_sessions(now());
end $$;

create or replace procedure pipeline.calculate_daily_metrics(start_date date, end_date date)
language plpgsql as $$
begin
  /* pipeline.calculate_daily_metrics */
  insert into footfall.rollup_marks (site, bucket)
  select e.site, footfall.rollup_bucket(e.occurred_at) from footfall.events e
  join footfall.sites s on s.site = e.site
  where e.event_day between start_date - 2 and end_date + 2
    and (e.occurred_at at time zone s.timezone)::date between start_date and end_date
  union
  select v.site, footfall.rollup_bucket(v.started_at) from footfall.sessions v
  join footfall.sites s on s.site = v.site
  where (v.started_at at time zone s.timezone)::date between start_date and end_date;
  call pipeline.roll_up_marked(start_date, end_date);
end $$;
comment on procedure pipeline.calculate_daily_metrics is 'Makes the days of every site again, in the timezone of each; both days inclusive';

-- Sessions, rollups and daily metrics stay. The days of what is deleted are frozen: an event of such a day that comes
-- later is stored, but no longer counted.
create or replace procedure pipeline.cleanup_processed_events(retention_days integer)
language plpgsql as $$
declare
  cutoff constant timestamptz := now() - make_interval(days => retention_days);
  one record;
begin
  /* pipeline.cleanup_processed_events */
  for one in
    select e.site, (e.occurred_at at time zone s.timezone)::date as day from footfall.events e
    join footfall.sites s on s.site = e.site
    left join footfall.rollup_frozen f on f.site = e.site and f.day = (e.occurred_at at time zone s.timezone)::date
    where e.received_at < cutoff and f.day is null group by 1, 2 order by 1, 2
  loop
    perform footfall.freeze_rollups(one.site, one.day, one.day);
  end loop;
  delete from footfall.events e using footfall.rollup_buckets b
  where e.received_at < cutoff and b.site = e.site and b.bucket = footfall.rollup_bucket(e.occurred_at)
    and b.rolled_at >= e.received_at;
end $$;
comment on procedure pipeline.cleanup_processed_events is 'Deletes events that were received before and rolled up; what was made from them stays';
