set local role footfall_owner;

-- Most addresses say no more than host and path, which are on the row anyway: a seventh of it was the same text again. So
-- the collector writes an address only where it is another one than https, host and path together; what was written before
-- stays as it is. A collector of the version before that cuts a session again beside one of this version reads no address:
-- that of the session's entry follows from its host and path, and that of its exit is taken to be of the same host.
comment on column footfall.events.url is 'Null where it is https://, host and path: read full_url(url, host, path)';
comment on column footfall.sessions.entry_url is 'Null where it is https://, entry_host and entry_path: read full_url';

create function footfall.full_url(url text, host text, path text) returns text
language sql immutable parallel safe as $$ select coalesce(url, 'https://' || host || path) $$;
comment on function footfall.full_url is 'The address of an event or of the entry of a session';

create function footfall.full_row(stored jsonb) returns jsonb
language sql immutable parallel safe as $$
  select stored
    || case when stored ->> 'url' is null and stored ->> 'host' is not null then
      jsonb_build_object('url', footfall.full_url(null, stored ->> 'host', stored ->> 'path')) else '{}' end
    || case when stored ->> 'entry_url' is null and stored ->> 'entry_host' is not null then
      jsonb_build_object('entry_url', footfall.full_url(null, stored ->> 'entry_host', stored ->> 'entry_path')) else '{}' end
$$;
comment on function footfall.full_row is 'A row of any table as JSON, for those who read it without a database, with its addresses';

create or replace view pipeline.events_log with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.event_id,
  e.type::varchar(50) as event_type,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  e.occurred_at as "timestamp",
  footfall.full_url(e.url, e.host, e.path) as url,
  e.path::varchar(500) as path,
  s.user_agent,
  null::inet as ip_address,
  jsonb_strip_nulls(jsonb_build_object('id', e.event_id, 'type', e.type, 'name', e.name, 'ts', e.occurred_at,
    'url', footfall.full_url(e.url, e.host, e.path), 'referrer', e.referrer, 'title', e.title, 'value', e.value,
    'currency', e.currency, 'pageId', e.page_id, 'seq', e.seq, 'userId', e.user_id)) || jsonb_build_object('props', e.props) as raw_event_data,
  e.received_at as created_at,
  case when b.rolled_at >= e.received_at and not exists (
    select from footfall.rollup_marks m where m.site = e.site and m.bucket = b.bucket
  ) then b.rolled_at end as processed_at
from footfall.events e
left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
left join footfall.rollup_buckets b on b.site = e.site and b.bucket = footfall.rollup_bucket(e.occurred_at);

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
  footfall.full_url(s.entry_url, s.entry_host, s.entry_path) as entry_url,
  s.entry_path::varchar(500) as entry_path,
  s.entry_title,
  footfall.full_url(s.exit_url, s.entry_host, s.exit_path) as exit_url,
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

create or replace view pipeline.pageviews with (security_invoker = true) as
select uuid_hash(e.event_id) as id,
  e.session_id::varchar(100) as session_id,
  e.visitor_id::varchar(100) as visitor_id,
  e.site::varchar(100) as site_id,
  footfall.full_url(e.url, e.host, e.path) as url,
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
  footfall.full_url(e.url, e.host, e.path) as page_url,
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
  footfall.full_url(e.url, e.host, e.path) as page_url,
  e.path::varchar(500) as page_path,
  e.occurred_at as submit_timestamp,
  case when jsonb_typeof(e.props -> 'fieldCount') = 'number'
    then least((e.props ->> 'fieldCount')::numeric, 2147483647)::integer end as field_count,
  e.props -> 'fields' as form_data
from footfall.events e
where e.type = 'form_submit' and not e.is_bot;

create or replace view social.events with (security_invoker = true) as
select e.event_id as id,
  e.user_id,
  e.session_id,
  (case e.type when 'custom' then e.name when 'pageview' then 'page_view' when 'page_visibility' then 'tab_switch'
    when 'error' then 'error_occurred' when 'web_vital' then 'performance_metric' else e.type end)::varchar(200) as event_name,
  (case when e.type = 'error' then 'error' when e.type = 'web_vital' then 'performance'
    when e.type in ('engagement', 'exposure', 'identify') then 'system' else 'user_action' end)::varchar(50) as event_category,
  e.occurred_at as "timestamp",
  e.occurred_at - (e.received_at - coalesce(e.sent_at, e.received_at)) as client_timestamp,
  e.received_at - coalesce(e.sent_at, e.received_at) as server_processing_time,
  coalesce(e.props, '{}') as event_data,
  footfall.full_url(e.url, e.host, e.path) as url,
  e.path::varchar(2048) as pathname,
  e.referrer,
  e.device as platform,
  e.browser::varchar(50) as browser,
  e.browser_version::varchar(20) as browser_version,
  e.os::varchar(50) as os,
  e.os_version::varchar(20) as os_version,
  'processed'::varchar(20) as status,
  true as is_valid,
  to_jsonb(e.flags) as validation_errors
from footfall.events e
where not e.is_bot;

create or replace view social.error_logs with (security_invoker = true) as
select e.event_id as id,
  e.user_id,
  e.session_id,
  (e.props ->> 'errorType')::varchar(100) as error_type,
  e.props ->> 'message' as error_message,
  e.props ->> 'stack' as error_stack,
  footfall.full_url(e.url, e.host, e.path) as url,
  s.user_agent,
  e.occurred_at as "timestamp",
  (case e.props ->> 'handled' when 'true' then 'low' else 'medium' end)::varchar(20) as severity,
  'javascript'::varchar(50) as category,
  false as resolved,
  null::timestamptz as resolved_at,
  null::text as resolved_by
from footfall.events e
left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
where e.type = 'error' and not e.is_bot;

create or replace view social.performance_metrics with (security_invoker = true) as
select e.event_id as id,
  e.user_id,
  e.session_id,
  coalesce(e.props ->> 'metric', e.name)::varchar(100) as metric_name,
  (case when abs(e.value) < 1000000000 then e.value end)::numeric(15,6) as metric_value,
  (case when upper(coalesce(e.props ->> 'metric', e.name)) = 'CLS' then 'count' else 'ms' end)::varchar(20) as metric_unit,
  footfall.full_url(e.url, e.host, e.path) as page_url,
  e.browser::varchar(50) as browser,
  e.device as platform,
  e.occurred_at as "timestamp",
  e.props as metadata
from footfall.events e
where e.type = 'web_vital' and not e.is_bot;

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
    c.is_bot, n.visitor_id, n.user_id, n.url, n.host, n.path, n.title,
    footfall.full_url(x.url, x.host, x.path), x.path, n.referrer,
    n.referrer_source, n.referrer_medium, n.channel, n.utm_source, n.utm_medium, n.utm_campaign, n.utm_content,
    n.utm_term, n.browser, n.os, n.device, n.country, n.language
  from counts c
  join entries n on n.site = c.site and n.session_id = c.session_id
  left join exits x on x.site = c.site and x.session_id = c.session_id
  on conflict do nothing;
end $$;

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
