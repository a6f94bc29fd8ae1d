set local role footfall_owner;

-- Who changed what. Append-only: no role may change or delete a row, not even the owner of the table.
create table if not exists footfall.audit_log (
  at timestamptz not null,
  audit_id uuid not null default gen_random_uuid(),
  site text not null default '',
  actor text not null,
  action text not null,
  target text not null,
  detail jsonb,
  primary key (site, at, audit_id)
);
comment on column footfall.audit_log.site is 'Empty where it concerns no single site';
comment on column footfall.audit_log.actor is 'The name and id of the key, or the command';
comment on column footfall.audit_log.detail is 'What was asked for, without secrets';
revoke update, delete, truncate on footfall.audit_log from footfall_owner;
alter table footfall.audit_log enable row level security;
alter table footfall.audit_log force row level security;
create policy owner_read on footfall.audit_log for select to footfall_owner using (true);
create policy owner_write on footfall.audit_log for insert to footfall_owner with check (true);
create policy reader_one_site on footfall.audit_log for select to footfall_reader
  using (site = nullif(current_setting('app.site', true), ''));
grant select on footfall.audit_log to footfall_reader;

-- Layers divide units among experiments, so that nobody is in two of one layer; the layer 'holdout' keeps its share of
-- units out of every experiment of the site.
create table footfall.experiment_layers (
  site text not null,
  layer text not null check (layer ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  seed text not null,
  unit_type text not null,
  share numeric check (share between 0 and 1),
  primary key (site, layer)
);
comment on column footfall.experiment_layers.share is 'Of the layer holdout: the share of units that no experiment takes';

create table footfall.experiments (
  created_at timestamptz not null,
  updated_at timestamptz not null,
  starts_at timestamptz,
  ends_at timestamptz,
  started_at timestamptz,
  stopped_at timestamptz,
  experiment_id uuid not null default gen_random_uuid(),
  phase integer not null default 1 check (phase > 0),
  planned_units integer check (planned_units > 0),
  hash_version smallint not null default 2 check (hash_version in (1, 2)),
  site text not null,
  experiment text not null check (experiment ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  name text not null,
  description text,
  hypothesis text,
  status text not null default 'draft' check (status in ('draft', 'running', 'stopped', 'archived')),
  unit_type text not null,
  fallback_unit_type text,
  seed text not null,
  layer text,
  layer_start numeric check (layer_start between 0 and 1),
  layer_end numeric check (layer_end between 0 and 1),
  urls jsonb,
  condition jsonb,
  prerequisites jsonb not null default '[]',
  metrics jsonb not null default '[]',
  winning_variation text,
  statistical_significance numeric(5,4),
  confidence_level numeric(5,4) not null default 0.95,
  primary key (site, experiment),
  foreign key (site, layer) references footfall.experiment_layers (site, layer)
);
comment on column footfall.experiments.experiment is 'The key, by which code asks for the experiment; it never changes';
comment on column footfall.experiments.phase is 'The current phase, a row of experiment_phases';
comment on column footfall.experiments.starts_at is 'The schedule: a draft starts, and a running experiment stops, at these times';
comment on column footfall.experiments.started_at is 'When the first phase began; null for a draft';
comment on column footfall.experiments.unit_type is 'visitor, user, or the name of an attribute: what is assigned, and what the analysis counts';
comment on column footfall.experiments.fallback_unit_type is 'Assigned while there is no unit of unit_type, as a visitor before the sign-in; the user takes it over';
comment on column footfall.experiments.planned_units is 'For how many units the analysis was planned';
comment on column footfall.experiments.hash_version is '1 only for experiments that began elsewhere: it makes experiments depend on each other';
comment on column footfall.experiments.seed is 'Of the hash; it never changes, or units would';

create table footfall.experiment_phases (
  started_at timestamptz,
  ended_at timestamptz,
  phase integer not null check (phase > 0),
  coverage numeric not null check (coverage between 0 and 1),
  blocks_earlier boolean not null default false,
  site text not null,
  experiment text not null,
  variations jsonb not null,
  ramps jsonb not null default '[]',
  primary key (site, experiment, phase),
  foreign key (site, experiment) references footfall.experiments (site, experiment) on delete cascade
);
comment on table footfall.experiment_phases is 'Variations and weights are fixed within a phase; coverage only grows';
comment on column footfall.experiment_phases.variations is 'In order, the first is the control: [{"key", "weight", "name"?, "value"?}]; the weights sum to 1';
comment on column footfall.experiment_phases.ramps is 'When coverage grew: [{"at", "coverage"}], the first entry is the start';
comment on column footfall.experiment_phases.blocks_earlier is 'Units that were assigned in an earlier phase stay out of this one';

-- The first write wins: whoever asks at the same time reads the same variation back.
create table footfall.experiment_assignments (
  assigned_at timestamptz not null,
  phase integer not null,
  site text not null,
  experiment text not null,
  unit_type text not null,
  unit_id text not null,
  variation text not null,
  merged_from text,
  primary key (site, experiment, phase, unit_type, unit_id)
);
comment on column footfall.experiment_assignments.merged_from is 'The unit type whose assignment was taken over: a visitor who signed in';
create index experiment_assignments_unit on footfall.experiment_assignments (site, unit_type, unit_id);

create table footfall.experiment_exposures (
  first_exposed_at timestamptz not null,
  phase integer not null,
  site text not null,
  experiment text not null,
  unit_type text not null,
  unit_id text not null,
  variation text not null,
  primary key (site, experiment, phase, unit_type, unit_id, variation)
);
comment on table footfall.experiment_exposures is 'Derived from events of type exposure, of people, and made again from them by rebuild_exposures; a unit with two rows in a phase has seen two variations';
create index experiment_exposures_unit on footfall.experiment_exposures (site, unit_type, unit_id);

-- Signs the links that show a variation before anybody is assigned to it.
create table footfall.preview_secrets (
  site text primary key,
  secret bytea not null
);

do $$
declare
  table_name text;
begin
  foreach table_name in array array['experiment_layers', 'experiments', 'experiment_phases', 'experiment_assignments',
      'experiment_exposures', 'preview_secrets'] loop
    execute format('alter table footfall.%I enable row level security', table_name);
    execute format('alter table footfall.%I force row level security', table_name);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', table_name);
    execute format('create policy ingest_all on footfall.%I to footfall_ingest using (true) with check (true)', table_name);
    continue when table_name = 'preview_secrets';
    execute format('create policy reader_one_site on footfall.%I for select to footfall_reader
      using (site = nullif(current_setting(''app.site'', true), ''''))', table_name);
    execute format('grant select on footfall.%I to footfall_reader', table_name);
  end loop;
end $$;
grant select on footfall.experiment_layers, footfall.experiments, footfall.experiment_phases to footfall_ingest;
grant select, insert on footfall.preview_secrets to footfall_ingest;
grant select, insert, update, delete on footfall.experiment_assignments, footfall.experiment_exposures to footfall_ingest;

-- What events of type exposure say, those of people that name a variation of a phase that has begun. The unit is named in
-- props, or else the visitor or user of the event.
create view footfall.exposure_events with (security_invoker = true) as
select e.site, e.event_day, e.event_id, e.occurred_at, p.experiment, p.phase, u.unit_type, u.unit_id, v.variation
from footfall.events e
cross join lateral (
  select e.props ->> 'variation' as variation,
    case when jsonb_typeof(e.props -> 'phase') = 'number' then (e.props ->> 'phase')::numeric end as phase,
    coalesce(e.props ->> 'unitType', 'visitor') as unit_type
) v
cross join lateral (
  select v.unit_type, coalesce(e.props ->> 'unit',
    case v.unit_type when 'visitor' then e.visitor_id when 'user' then e.user_id end) as unit_id
) u
join footfall.experiment_phases p on p.site = e.site and p.experiment = e.props ->> 'experiment' and p.phase = v.phase
where e.type = 'exposure' and not e.is_bot and p.started_at is not null
  and p.variations @> jsonb_build_array(jsonb_build_object('key', v.variation))
  and char_length(u.unit_type) between 1 and 64 and char_length(u.unit_id) between 1 and 128;
grant select on footfall.exposure_events to footfall_ingest, footfall_reader;

-- All exposures of an experiment again from the events: after an erasure, or when a verdict on bots changed.
create function footfall.rebuild_exposures(of_site text, of_experiment text) returns void
language plpgsql as $$
begin
  /* experiments.rebuild_exposures */
  delete from footfall.experiment_exposures where site = of_site and experiment = of_experiment;
  insert into footfall.experiment_exposures (site, experiment, phase, unit_type, unit_id, variation, first_exposed_at)
  select x.site, x.experiment, x.phase, x.unit_type, x.unit_id, x.variation, min(x.occurred_at)
  from footfall.exposure_events x
  where x.site = of_site and x.experiment = of_experiment
  group by x.site, x.experiment, x.phase, x.unit_type, x.unit_id, x.variation
  on conflict (site, experiment, phase, unit_type, unit_id, variation)
  do update set first_exposed_at = least(experiment_exposures.first_exposed_at, excluded.first_exposed_at);
end $$;

-- The vocabulary of a social platform's analytics, as views over the one truth. security_invoker: row-level security of
-- the reader holds.
reset role;
create schema if not exists social authorization footfall_owner;
grant usage on schema social to footfall_ingest, footfall_reader;
set local role footfall_owner;

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
  e.url,
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
comment on column social.events.client_timestamp is 'Before the correction of the browser''s clock';

create or replace view social.user_sessions with (security_invoker = true) as
select s.session_id as id,
  s.user_id,
  s.session_id::varchar(255) as session_token,
  s.device as platform,
  jsonb_strip_nulls(jsonb_build_object('browser', s.browser, 'browserVersion', s.browser_version, 'os', s.os,
    'osVersion', s.os_version, 'device', s.device, 'pixelRatio', s.pixel_ratio)) as device_info,
  null::inet as ip_address,
  s.user_agent,
  (s.screen_width || 'x' || s.screen_height)::varchar(20) as screen_resolution,
  (s.viewport_width || 'x' || s.viewport_height)::varchar(20) as viewport_size,
  s.started_at,
  s.last_seen_at as ended_at,
  s.last_seen_at - s.started_at as duration,
  s.pageview_count as page_views,
  s.interaction_count as interactions,
  s.city::varchar(100) as city,
  s.region::varchar(100) as region,
  s.country::varchar(3) as country,
  s.is_bounce::integer::numeric(5,4) as bounce_rate,
  d.scroll_depth_avg,
  d.first_interaction_at - s.started_at as time_to_first_interaction
from footfall.sessions s
left join lateral (
  select (avg(m.percent) / 100)::numeric(5,4) as scroll_depth_avg, min(m.interacted_at) as first_interaction_at
  from (
    select max(case when e.type = 'scroll_depth' and jsonb_typeof(e.props -> 'percent') = 'number'
        then least(greatest((e.props ->> 'percent')::numeric, 0), 100) end) as percent,
      min(e.occurred_at) filter (where e.type not in ('pageview', 'engagement', 'web_vital', 'exposure', 'error'))
        as interacted_at
    from footfall.events e
    where e.site = s.site and e.session_id = s.session_id
    group by e.page_id
  ) m
) d on true
where s.entry_rank < 2 and not s.is_bot;
comment on column social.user_sessions.ip_address is 'Always null: addresses are never stored';

create or replace view social.experiments with (security_invoker = true) as
select x.experiment_id as id,
  x.name::varchar(200) as name,
  coalesce(x.description, x.hypothesis) as description,
  coalesce(x.started_at, x.starts_at) as start_date,
  coalesce(x.stopped_at, x.ends_at) as end_date,
  (case x.status when 'running' then 'active' else x.status end)::varchar(20) as status,
  p.variations as variants,
  (select jsonb_object_agg(v ->> 'key', round((v ->> 'weight')::numeric * p.coverage, 6))
    from jsonb_array_elements(p.variations) as v) as traffic_allocation,
  x.metrics as target_metrics,
  x.statistical_significance,
  x.winning_variation::varchar(100) as winning_variant,
  x.confidence_level
from footfall.experiments x
join footfall.experiment_phases p on p.site = x.site and p.experiment = x.experiment and p.phase = x.phase;
comment on column social.experiments.traffic_allocation is 'The share of all units that each variant gets, 0 to 1';

-- Browsers assign by themselves: what they were given is known from the first exposure.
create or replace view social.experiment_assignments with (security_invoker = true) as
select md5(concat_ws(e'\x1f', a.site, a.experiment, a.phase, a.unit_type, a.unit_id))::uuid as id,
  x.experiment_id,
  a.unit_id as user_id,
  a.variation::varchar(100) as variant,
  a.assigned_at
from (
  select site, experiment, phase, unit_type, unit_id, variation, assigned_at from footfall.experiment_assignments
  union all
  select e.site, e.experiment, e.phase, e.unit_type, e.unit_id,
    (array_agg(e.variation order by e.first_exposed_at))[1], min(e.first_exposed_at)
  from footfall.experiment_exposures e
  left join footfall.experiment_assignments s on s.site = e.site and s.experiment = e.experiment and s.phase = e.phase
    and s.unit_type = e.unit_type and s.unit_id = e.unit_id
  where s.unit_id is null
  group by e.site, e.experiment, e.phase, e.unit_type, e.unit_id
) a
join footfall.experiments x on x.site = a.site and x.experiment = a.experiment;

create or replace view social.error_logs with (security_invoker = true) as
select e.event_id as id,
  e.user_id,
  e.session_id,
  (e.props ->> 'errorType')::varchar(100) as error_type,
  e.props ->> 'message' as error_message,
  e.props ->> 'stack' as error_stack,
  e.url,
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
  e.url as page_url,
  e.browser::varchar(50) as browser,
  e.device as platform,
  e.occurred_at as "timestamp",
  e.props as metadata
from footfall.events e
where e.type = 'web_vital' and not e.is_bot;

grant select on all tables in schema social to footfall_ingest, footfall_reader;
