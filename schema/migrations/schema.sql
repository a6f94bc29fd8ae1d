-- The result of all migrations, for reading. Written by `npm run schema`; not run by anything.

create table footfall.alert_incidents (
  incident_id uuid not null default gen_random_uuid(),
  started_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  site text not null,
  alert_id uuid not null,
  subject text not null,
  finding jsonb not null
);
create table footfall.alerts (
  alert_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  next_check_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  checked_at timestamp with time zone,
  cooldown_minutes integer not null,
  enabled boolean not null default true,
  site text not null,
  name text not null,
  rule jsonb not null,
  webhook_url text,
  webhook_secret text,
  emails text[] not null default '{}'::text[]
);
create table footfall.annotations (
  annotation_id uuid not null default gen_random_uuid(),
  noted_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  site text not null,
  text text not null
);
create table footfall.api_keys (
  key_id uuid not null default gen_random_uuid(),
  key_hash bytea not null,
  role text not null,
  name text not null,
  sites text[],
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  expires_at timestamp with time zone
);
create table footfall.audit_log (
  at timestamp with time zone not null,
  audit_id uuid not null default gen_random_uuid(),
  site text not null default ''::text,
  actor text not null,
  action text not null,
  target text not null,
  detail jsonb
);
create table footfall.client_drops (
  events bigint not null,
  day date not null,
  site text not null,
  reason text not null
);
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
  site text not null
);
create table footfall.dead_letter (
  site text not null,
  dead_letter_id uuid not null,
  received_at timestamp with time zone not null,
  reason text not null,
  message text not null,
  sqlstate text,
  event_id text,
  event jsonb,
  excerpt text,
  batch jsonb,
  client jsonb
);
create table footfall.dead_letter_overflow (
  day date not null,
  events bigint not null,
  site text not null,
  reason text not null
);
create table footfall.erasures (
  requested_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  erasure_id uuid not null default gen_random_uuid(),
  site text not null,
  subject_kind text not null,
  subject_hash bytea not null,
  requested_by text not null,
  receipt jsonb
);
create table footfall.error_states (
  changed_at timestamp with time zone not null,
  site text not null,
  signature text not null,
  state text not null
);
create table footfall.events (
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  event_id uuid not null,
  session_id uuid,
  page_id uuid,
  event_day date not null,
  seq integer,
  is_bot boolean not null default false,
  is_server boolean not null default false,
  site text not null,
  type text not null,
  name text,
  visitor_id text,
  user_id text,
  url text,
  host text,
  path text,
  referrer text,
  title text,
  value numeric,
  currency text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  device text,
  country text,
  region text,
  city text,
  language text,
  referrer_source text,
  referrer_medium text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  utm_term text,
  click_id text,
  search_term text,
  bot_reason text,
  release text,
  flags text[],
  props jsonb,
  time_on_page_ms integer
) partition by RANGE (event_day);
create table footfall.experiment_assignments (
  assigned_at timestamp with time zone not null,
  phase integer not null,
  site text not null,
  experiment text not null,
  unit_type text not null,
  unit_id text not null,
  variation text not null,
  merged_from text
);
create table footfall.experiment_exposures (
  first_exposed_at timestamp with time zone not null,
  phase integer not null,
  site text not null,
  experiment text not null,
  unit_type text not null,
  unit_id text not null,
  variation text not null
);
create table footfall.experiment_layers (
  site text not null,
  layer text not null,
  seed text not null,
  unit_type text not null,
  share numeric
);
create table footfall.experiment_phases (
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  phase integer not null,
  coverage numeric not null,
  blocks_earlier boolean not null default false,
  site text not null,
  experiment text not null,
  variations jsonb not null,
  ramps jsonb not null default '[]'::jsonb
);
create table footfall.experiments (
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  started_at timestamp with time zone,
  stopped_at timestamp with time zone,
  experiment_id uuid not null default gen_random_uuid(),
  phase integer not null default 1,
  planned_units integer,
  hash_version smallint not null default 2,
  site text not null,
  experiment text not null,
  name text not null,
  description text,
  hypothesis text,
  status text not null default 'draft'::text,
  unit_type text not null,
  fallback_unit_type text,
  seed text not null,
  layer text,
  layer_start numeric,
  layer_end numeric,
  urls jsonb,
  condition jsonb,
  prerequisites jsonb not null default '[]'::jsonb,
  metrics jsonb not null default '[]'::jsonb,
  winning_variation text,
  statistical_significance numeric(5,4),
  confidence_level numeric(5,4) not null default 0.95
);
create table footfall.goals (
  goal_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  site text not null,
  name text not null,
  kind text not null,
  pattern text not null,
  value numeric,
  currency text
);
create table footfall.mail_reports (
  report_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null,
  last_from date,
  enabled boolean not null default true,
  site text not null,
  frequency text not null,
  recipients text[] not null
);
create table footfall.notifications (
  notification_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null,
  next_attempt_at timestamp with time zone,
  delivered_at timestamp with time zone,
  attempts integer not null default 0,
  answer_status integer,
  site text not null,
  cause text not null,
  alert_id uuid,
  incident_id uuid,
  channel text not null,
  target text not null,
  message jsonb not null,
  failure text,
  answer text
);
create table footfall.odd_ids (
  site text not null,
  event_id uuid not null,
  event_day date not null
);
create table footfall.operator_sessions (
  session_hash bytea not null,
  operator_id uuid not null,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  user_agent text not null
);
create table footfall.operator_tokens (
  operator_id uuid not null,
  token_hash bytea not null,
  expires_at timestamp with time zone not null
);
create table footfall.operators (
  operator_id uuid not null default gen_random_uuid(),
  email text not null,
  name text not null,
  role text not null,
  sites text[],
  password_hash text,
  created_at timestamp with time zone not null default now(),
  last_login_at timestamp with time zone,
  disabled_at timestamp with time zone
);
create table footfall.preview_secrets (
  site text not null,
  secret bytea not null
);
create table footfall.privacy_keys (
  name text not null,
  key bytea not null
);
create table footfall.rekeyed_events (
  linked_at timestamp with time zone not null,
  event_day date not null,
  event_id uuid not null,
  site text not null,
  stream text not null
);
create table footfall.rollup_buckets (
  bucket timestamp with time zone not null,
  rolled_at timestamp with time zone not null,
  duration_us bigint not null,
  pageviews integer not null,
  events integer not null,
  bot_events integer not null,
  sessions integer not null,
  bounces integer not null,
  site text not null
);
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
  returning_visitors integer[]
);
create table footfall.rollup_frozen (
  day date not null,
  site text not null
);
create table footfall.rollup_marks (
  bucket timestamp with time zone not null,
  site text not null
);
create table footfall.rollup_open_days (
  day date not null,
  site text not null
);
create table footfall.rollup_part_visitors (
  visitor bigint not null,
  bucket timestamp with time zone not null,
  site text not null,
  keys bigint[] not null
);
create table footfall.rollup_parts (
  key bigint not null,
  duration_us bigint not null,
  bucket timestamp with time zone not null,
  pageviews integer not null,
  events integer not null,
  bot_events integer not null,
  sessions integer not null,
  bounces integer not null,
  site text not null,
  dimension text not null
);
create table footfall.rollup_sites (
  site text not null,
  timezone text not null,
  sessions_ended_before timestamp with time zone not null default '-infinity'::timestamp with time zone
);
create table footfall.rollup_visitors (
  visitor bigint not null,
  day date not null,
  site text not null,
  keys bigint[] not null,
  previous date[]
);
create table footfall.saved_funnels (
  funnel_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  site text not null,
  name text not null,
  parameters jsonb not null
);
create table footfall.schema_migrations (
  version integer not null,
  description text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now()
);
create table footfall.segments (
  segment_id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  site text not null,
  name text not null,
  filters jsonb not null
);
create table footfall.session_links (
  linked_at timestamp with time zone not null,
  open_from timestamp with time zone not null,
  open_to timestamp with time zone not null,
  event_id uuid not null,
  session_id uuid not null,
  site text not null,
  stream text
);
create table footfall.sessions (
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  entry_at timestamp with time zone not null,
  exit_at timestamp with time zone,
  session_id uuid not null,
  client_session_id uuid,
  entry_event_id uuid not null,
  exit_event_id uuid,
  engaged_ms bigint not null default 0,
  pageview_count integer not null default 0,
  event_count integer not null default 0,
  interaction_count integer not null default 0,
  error_count integer not null default 0,
  entry_rank smallint not null,
  screen_width smallint,
  screen_height smallint,
  viewport_width smallint,
  viewport_height smallint,
  pixel_ratio real,
  is_client_id boolean not null,
  is_bot boolean not null default false,
  site text not null,
  visitor_id text,
  user_id text,
  entry_url text,
  entry_host text,
  entry_path text,
  entry_title text,
  exit_url text,
  exit_path text,
  referrer text,
  referrer_source text,
  referrer_medium text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  utm_term text,
  click_id text,
  user_agent text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  device text,
  country text,
  region text,
  city text,
  language text,
  timezone text,
  bot_reason text,
  is_bounce boolean not null generated always as ((pageview_count = 1) AND (interaction_count = 0) AND (engaged_ms < 10000)) stored
);
create table footfall.shares (
  share_id uuid not null default gen_random_uuid(),
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  site text not null,
  name text not null
);
create table footfall.site_keys (
  site_key text not null,
  site text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone
);
create table footfall.sites (
  site text not null,
  name text not null,
  allowed_origins text[] not null default '{}'::text[],
  timezone text not null default 'UTC'::text,
  currency text not null default 'USD'::text,
  week_start smallint not null default 1,
  excluded_addresses text[] not null default '{}'::text[],
  excluded_hosts text[] not null default '{}'::text[],
  excluded_paths text[] not null default '{}'::text[],
  human_reasons text[] not null default '{}'::text[],
  retention_days integer,
  import_secret bytea,
  created_at timestamp with time zone not null default now(),
  session_retention_days integer
);
create table footfall.source_maps (
  uploaded_at timestamp with time zone not null default now(),
  site text not null,
  release text not null,
  file text not null,
  map text not null
);
create table footfall.tombstones (
  erased_at timestamp with time zone not null,
  site text not null,
  subject_hash bytea not null
);
create table footfall.visitor_links (
  day date not null,
  site text not null,
  stream text not null,
  previous_stream text not null
);
create table footfall.visitor_salts (
  day date not null,
  salt bytea not null
);
create table footfall.waiting_events (
  occurred_at timestamp with time zone not null,
  event_id uuid not null,
  event_day date not null,
  site text not null,
  stream text not null
);

alter table footfall.alert_incidents add constraint alert_incidents_pkey PRIMARY KEY (site, incident_id);
alter table footfall.alert_incidents add constraint alert_incidents_site_alert_id_fkey FOREIGN KEY (site, alert_id) REFERENCES footfall.alerts(site, alert_id) ON DELETE CASCADE;
alter table footfall.alerts add constraint alerts_site_name_key UNIQUE (site, name);
alter table footfall.alerts add constraint alerts_pkey PRIMARY KEY (site, alert_id);
alter table footfall.alerts add constraint alerts_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.alerts add constraint alerts_check CHECK (((webhook_url IS NULL) = (webhook_secret IS NULL)));
alter table footfall.alerts add constraint alerts_cooldown_minutes_check CHECK ((cooldown_minutes >= 0));
alter table footfall.annotations add constraint annotations_pkey PRIMARY KEY (site, annotation_id);
alter table footfall.annotations add constraint annotations_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.api_keys add constraint api_keys_key_hash_key UNIQUE (key_hash);
alter table footfall.api_keys add constraint api_keys_pkey PRIMARY KEY (key_id);
alter table footfall.api_keys add constraint api_keys_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'analyst'::text, 'assign'::text, 'ingest'::text])));
alter table footfall.audit_log add constraint audit_log_pkey PRIMARY KEY (site, at, audit_id);
alter table footfall.client_drops add constraint client_drops_pkey PRIMARY KEY (site, day, reason);
alter table footfall.daily_site_metrics add constraint daily_site_metrics_pkey PRIMARY KEY (site, day);
alter table footfall.dead_letter add constraint dead_letter_pkey PRIMARY KEY (site, dead_letter_id);
alter table footfall.dead_letter_overflow add constraint dead_letter_overflow_pkey PRIMARY KEY (site, day, reason);
alter table footfall.erasures add constraint erasures_pkey PRIMARY KEY (site, erasure_id);
alter table footfall.erasures add constraint erasures_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['visitor'::text, 'user'::text])));
alter table footfall.error_states add constraint error_states_pkey PRIMARY KEY (site, signature);
alter table footfall.error_states add constraint error_states_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text, 'ignored'::text])));
alter table footfall.events add constraint events_pkey PRIMARY KEY (site, event_day, event_id);
alter table footfall.experiment_assignments add constraint experiment_assignments_pkey PRIMARY KEY (site, experiment, phase, unit_type, unit_id);
alter table footfall.experiment_exposures add constraint experiment_exposures_pkey PRIMARY KEY (site, experiment, phase, unit_type, unit_id, variation);
alter table footfall.experiment_layers add constraint experiment_layers_pkey PRIMARY KEY (site, layer);
alter table footfall.experiment_layers add constraint experiment_layers_layer_check CHECK ((layer ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'::text));
alter table footfall.experiment_layers add constraint experiment_layers_share_check CHECK (((share >= (0)::numeric) AND (share <= (1)::numeric)));
alter table footfall.experiment_phases add constraint experiment_phases_pkey PRIMARY KEY (site, experiment, phase);
alter table footfall.experiment_phases add constraint experiment_phases_site_experiment_fkey FOREIGN KEY (site, experiment) REFERENCES footfall.experiments(site, experiment) ON DELETE CASCADE;
alter table footfall.experiment_phases add constraint experiment_phases_coverage_check CHECK (((coverage >= (0)::numeric) AND (coverage <= (1)::numeric)));
alter table footfall.experiment_phases add constraint experiment_phases_phase_check CHECK ((phase > 0));
alter table footfall.experiments add constraint experiments_pkey PRIMARY KEY (site, experiment);
alter table footfall.experiments add constraint experiments_site_layer_fkey FOREIGN KEY (site, layer) REFERENCES footfall.experiment_layers(site, layer);
alter table footfall.experiments add constraint experiments_experiment_check CHECK ((experiment ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'::text));
alter table footfall.experiments add constraint experiments_hash_version_check CHECK ((hash_version = ANY (ARRAY[1, 2])));
alter table footfall.experiments add constraint experiments_layer_end_check CHECK (((layer_end >= (0)::numeric) AND (layer_end <= (1)::numeric)));
alter table footfall.experiments add constraint experiments_layer_start_check CHECK (((layer_start >= (0)::numeric) AND (layer_start <= (1)::numeric)));
alter table footfall.experiments add constraint experiments_phase_check CHECK ((phase > 0));
alter table footfall.experiments add constraint experiments_planned_units_check CHECK ((planned_units > 0));
alter table footfall.experiments add constraint experiments_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'running'::text, 'stopped'::text, 'archived'::text])));
alter table footfall.goals add constraint goals_site_name_key UNIQUE (site, name);
alter table footfall.goals add constraint goals_pkey PRIMARY KEY (site, goal_id);
alter table footfall.goals add constraint goals_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.goals add constraint goals_kind_check CHECK ((kind = ANY (ARRAY['page'::text, 'event'::text])));
alter table footfall.mail_reports add constraint mail_reports_pkey PRIMARY KEY (site, report_id);
alter table footfall.mail_reports add constraint mail_reports_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.mail_reports add constraint mail_reports_frequency_check CHECK ((frequency = ANY (ARRAY['weekly'::text, 'monthly'::text])));
alter table footfall.notifications add constraint notifications_site_cause_channel_target_key UNIQUE (site, cause, channel, target);
alter table footfall.notifications add constraint notifications_pkey PRIMARY KEY (site, notification_id);
alter table footfall.notifications add constraint notifications_site_alert_id_fkey FOREIGN KEY (site, alert_id) REFERENCES footfall.alerts(site, alert_id) ON DELETE CASCADE;
alter table footfall.notifications add constraint notifications_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.notifications add constraint notifications_answer_check CHECK ((octet_length(answer) <= 1024));
alter table footfall.notifications add constraint notifications_channel_check CHECK ((channel = ANY (ARRAY['webhook'::text, 'email'::text])));
alter table footfall.odd_ids add constraint odd_ids_pkey PRIMARY KEY (site, event_id);
alter table footfall.operator_sessions add constraint operator_sessions_pkey PRIMARY KEY (session_hash);
alter table footfall.operator_sessions add constraint operator_sessions_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES footfall.operators(operator_id) ON DELETE CASCADE;
alter table footfall.operator_tokens add constraint operator_tokens_token_hash_key UNIQUE (token_hash);
alter table footfall.operator_tokens add constraint operator_tokens_pkey PRIMARY KEY (operator_id);
alter table footfall.operator_tokens add constraint operator_tokens_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES footfall.operators(operator_id) ON DELETE CASCADE;
alter table footfall.operators add constraint operators_email_key UNIQUE (email);
alter table footfall.operators add constraint operators_pkey PRIMARY KEY (operator_id);
alter table footfall.operators add constraint operators_check CHECK (((role <> 'owner'::text) OR (sites IS NULL)));
alter table footfall.operators add constraint operators_email_check CHECK ((email = lower(email)));
alter table footfall.operators add constraint operators_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'analyst'::text])));
alter table footfall.preview_secrets add constraint preview_secrets_pkey PRIMARY KEY (site);
alter table footfall.privacy_keys add constraint privacy_keys_pkey PRIMARY KEY (name);
alter table footfall.privacy_keys add constraint privacy_keys_name_check CHECK ((name = ANY (ARRAY['subject'::text, 'receipt'::text])));
alter table footfall.rekeyed_events add constraint rekeyed_events_pkey PRIMARY KEY (site, event_day, event_id);
alter table footfall.rollup_buckets add constraint rollup_buckets_pkey PRIMARY KEY (site, bucket);
alter table footfall.rollup_days add constraint rollup_days_pkey PRIMARY KEY (site, dimension, day, key);
alter table footfall.rollup_frozen add constraint rollup_frozen_pkey PRIMARY KEY (site, day);
alter table footfall.rollup_open_days add constraint rollup_open_days_pkey PRIMARY KEY (site, day);
alter table footfall.rollup_part_visitors add constraint rollup_part_visitors_pkey PRIMARY KEY (site, visitor, bucket);
alter table footfall.rollup_parts add constraint rollup_parts_pkey PRIMARY KEY (site, bucket, dimension, key);
alter table footfall.rollup_sites add constraint rollup_sites_pkey PRIMARY KEY (site);
alter table footfall.rollup_visitors add constraint rollup_visitors_pkey PRIMARY KEY (site, visitor, day);
alter table footfall.saved_funnels add constraint saved_funnels_site_name_key UNIQUE (site, name);
alter table footfall.saved_funnels add constraint saved_funnels_pkey PRIMARY KEY (site, funnel_id);
alter table footfall.saved_funnels add constraint saved_funnels_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (version);
alter table footfall.segments add constraint segments_site_name_key UNIQUE (site, name);
alter table footfall.segments add constraint segments_pkey PRIMARY KEY (site, segment_id);
alter table footfall.segments add constraint segments_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.session_links add constraint session_links_pkey PRIMARY KEY (site, session_id);
alter table footfall.sessions add constraint sessions_pkey PRIMARY KEY (site, session_id);
alter table footfall.shares add constraint shares_token_hash_key UNIQUE (token_hash);
alter table footfall.shares add constraint shares_pkey PRIMARY KEY (share_id);
alter table footfall.shares add constraint shares_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.site_keys add constraint site_keys_pkey PRIMARY KEY (site_key);
alter table footfall.site_keys add constraint site_keys_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.site_keys add constraint site_keys_site_key_check CHECK ((site_key ~ '^[A-Za-z0-9_-]{1,64}$'::text));
alter table footfall.sites add constraint sites_pkey PRIMARY KEY (site);
alter table footfall.sites add constraint sites_retention_days_check CHECK ((retention_days > 0));
alter table footfall.sites add constraint sites_session_retention_days_check CHECK ((session_retention_days >= 36));
alter table footfall.sites add constraint sites_site_check CHECK ((site ~ '^[a-z0-9-]{1,32}$'::text));
alter table footfall.sites add constraint sites_week_start_check CHECK (((week_start >= 1) AND (week_start <= 7)));
alter table footfall.source_maps add constraint source_maps_pkey PRIMARY KEY (site, release, file);
alter table footfall.source_maps add constraint source_maps_site_fkey FOREIGN KEY (site) REFERENCES footfall.sites(site) ON DELETE CASCADE;
alter table footfall.tombstones add constraint tombstones_pkey PRIMARY KEY (site, subject_hash);
alter table footfall.visitor_links add constraint visitor_links_pkey PRIMARY KEY (site, stream);
alter table footfall.visitor_salts add constraint visitor_salts_pkey PRIMARY KEY (day);
alter table footfall.waiting_events add constraint waiting_events_pkey PRIMARY KEY (site, stream, occurred_at, event_id);

CREATE INDEX alert_incidents_alert ON footfall.alert_incidents USING btree (site, alert_id, started_at);
CREATE UNIQUE INDEX alert_incidents_firing ON footfall.alert_incidents USING btree (site, alert_id, subject) WHERE (resolved_at IS NULL);
CREATE INDEX audit_log_time ON footfall.audit_log USING btree (at, audit_id);
CREATE INDEX dead_letter_received ON footfall.dead_letter USING btree (site, received_at);
CREATE INDEX events_custom ON ONLY footfall.events USING btree (site, name, occurred_at) WHERE (type = 'custom'::text);
CREATE INDEX events_error ON ONLY footfall.events USING btree (site, occurred_at) WHERE (type = 'error'::text);
CREATE INDEX events_occurred ON ONLY footfall.events USING brin (occurred_at) WITH (pages_per_range='16', autosummarize='on');
CREATE INDEX events_session ON ONLY footfall.events USING btree (site, session_id);
CREATE INDEX experiment_assignments_unit ON footfall.experiment_assignments USING btree (site, unit_type, unit_id);
CREATE INDEX experiment_exposures_unit ON footfall.experiment_exposures USING btree (site, unit_type, unit_id);
CREATE INDEX notifications_age ON footfall.notifications USING btree (created_at);
CREATE INDEX notifications_due ON footfall.notifications USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX operator_sessions_operator ON footfall.operator_sessions USING btree (operator_id);
CREATE INDEX rollup_days_key ON footfall.rollup_days USING btree (site, day, key);
CREATE INDEX rollup_part_visitors_bucket ON footfall.rollup_part_visitors USING btree (site, bucket);
CREATE INDEX rollup_visitors_day ON footfall.rollup_visitors USING btree (site, day);
CREATE INDEX session_links_age ON footfall.session_links USING btree (linked_at);
CREATE INDEX session_links_stream ON footfall.session_links USING btree (site, stream) WHERE (stream IS NOT NULL);
CREATE INDEX sessions_client ON footfall.sessions USING btree (site, client_session_id, started_at) WHERE (client_session_id IS NOT NULL);
CREATE INDEX sessions_started ON footfall.sessions USING btree (site, started_at);
CREATE INDEX sessions_visitor ON footfall.sessions USING btree (site, visitor_id, started_at);
CREATE INDEX tombstones_age ON footfall.tombstones USING btree (erased_at);
CREATE INDEX visitor_links_previous ON footfall.visitor_links USING btree (site, previous_stream);
CREATE INDEX waiting_events_age ON footfall.waiting_events USING btree (occurred_at);

alter table footfall.alert_incidents enable row level security, force row level security;
alter table footfall.alerts enable row level security, force row level security;
alter table footfall.annotations enable row level security, force row level security;
alter table footfall.api_keys enable row level security, force row level security;
alter table footfall.audit_log enable row level security, force row level security;
alter table footfall.client_drops enable row level security, force row level security;
alter table footfall.daily_site_metrics enable row level security, force row level security;
alter table footfall.dead_letter enable row level security, force row level security;
alter table footfall.dead_letter_overflow enable row level security, force row level security;
alter table footfall.erasures enable row level security, force row level security;
alter table footfall.error_states enable row level security, force row level security;
alter table footfall.events enable row level security, force row level security;
alter table footfall.experiment_assignments enable row level security, force row level security;
alter table footfall.experiment_exposures enable row level security, force row level security;
alter table footfall.experiment_layers enable row level security, force row level security;
alter table footfall.experiment_phases enable row level security, force row level security;
alter table footfall.experiments enable row level security, force row level security;
alter table footfall.goals enable row level security, force row level security;
alter table footfall.mail_reports enable row level security, force row level security;
alter table footfall.notifications enable row level security, force row level security;
alter table footfall.odd_ids enable row level security, force row level security;
alter table footfall.operator_sessions enable row level security, force row level security;
alter table footfall.operator_tokens enable row level security, force row level security;
alter table footfall.operators enable row level security, force row level security;
alter table footfall.preview_secrets enable row level security, force row level security;
alter table footfall.privacy_keys enable row level security, force row level security;
alter table footfall.rekeyed_events enable row level security, force row level security;
alter table footfall.rollup_buckets enable row level security, force row level security;
alter table footfall.rollup_days enable row level security, force row level security;
alter table footfall.rollup_frozen enable row level security, force row level security;
alter table footfall.rollup_marks enable row level security, force row level security;
alter table footfall.rollup_open_days enable row level security, force row level security;
alter table footfall.rollup_part_visitors enable row level security, force row level security;
alter table footfall.rollup_parts enable row level security, force row level security;
alter table footfall.rollup_sites enable row level security, force row level security;
alter table footfall.rollup_visitors enable row level security, force row level security;
alter table footfall.saved_funnels enable row level security, force row level security;
alter table footfall.segments enable row level security, force row level security;
alter table footfall.session_links enable row level security, force row level security;
alter table footfall.sessions enable row level security, force row level security;
alter table footfall.shares enable row level security, force row level security;
alter table footfall.site_keys enable row level security, force row level security;
alter table footfall.sites enable row level security, force row level security;
alter table footfall.source_maps enable row level security, force row level security;
alter table footfall.tombstones enable row level security, force row level security;
alter table footfall.visitor_links enable row level security, force row level security;
alter table footfall.waiting_events enable row level security, force row level security;

create policy owner_all on footfall.alert_incidents for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.alert_incidents for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.alerts for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.alerts for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.annotations for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.annotations for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.api_keys for all to footfall_owner using (true) with check (true);
create policy owner_read on footfall.audit_log for select to footfall_owner using (true);
create policy owner_write on footfall.audit_log for insert to footfall_owner using () with check (true);
create policy reader_one_site on footfall.audit_log for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.client_drops for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.client_drops for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.client_drops for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.daily_site_metrics for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.daily_site_metrics for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.daily_site_metrics for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.dead_letter for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.dead_letter for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.dead_letter for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.dead_letter_overflow for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.dead_letter_overflow for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.dead_letter_overflow for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.erasures for all to footfall_owner using (true) with check (true);
create policy owner_all on footfall.error_states for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.error_states for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.events for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.events for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.experiment_assignments for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.experiment_assignments for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.experiment_assignments for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.experiment_exposures for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.experiment_exposures for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.experiment_exposures for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.experiment_layers for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.experiment_layers for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.experiment_layers for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.experiment_phases for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.experiment_phases for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.experiment_phases for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.experiments for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.experiments for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.experiments for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.goals for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.goals for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.mail_reports for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.mail_reports for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.notifications for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.notifications for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.odd_ids for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.odd_ids for all to footfall_owner using (true) with check (true);
create policy owner_all on footfall.operator_sessions for all to footfall_owner using (true) with check (true);
create policy owner_all on footfall.operator_tokens for all to footfall_owner using (true) with check (true);
create policy owner_all on footfall.operators for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.preview_secrets for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.preview_secrets for all to footfall_owner using (true) with check (true);
create policy ingest_subject on footfall.privacy_keys for select to footfall_ingest using ((name = 'subject'::text));
create policy owner_all on footfall.privacy_keys for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rekeyed_events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rekeyed_events for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rollup_buckets for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_buckets for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_buckets for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.rollup_days for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_days for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_days for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.rollup_frozen for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_frozen for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_frozen for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.rollup_marks for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_marks for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_marks for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.rollup_open_days for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_open_days for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rollup_part_visitors for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_part_visitors for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rollup_parts for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_parts for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.rollup_sites for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_sites for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_sites for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.rollup_visitors for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.rollup_visitors for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.rollup_visitors for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.saved_funnels for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.saved_funnels for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.segments for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.segments for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_all on footfall.session_links for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.session_links for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.sessions for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.sessions for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.sessions for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.shares for all to footfall_owner using (true) with check (true);
create policy ingest_read on footfall.site_keys for select to footfall_ingest using (true);
create policy owner_all on footfall.site_keys for all to footfall_owner using (true) with check (true);
create policy ingest_read on footfall.sites for select to footfall_ingest using (true);
create policy owner_all on footfall.sites for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.sites for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy owner_all on footfall.source_maps for all to footfall_owner using (true) with check (true);
create policy reader_one_site on footfall.source_maps for select to footfall_reader using ((site = NULLIF(current_setting('app.site'::text, true), ''::text)));
create policy ingest_read on footfall.tombstones for select to footfall_ingest using (true);
create policy owner_all on footfall.tombstones for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.visitor_links for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.visitor_links for all to footfall_owner using (true) with check (true);
create policy ingest_all on footfall.waiting_events for all to footfall_ingest using (true) with check (true);
create policy owner_all on footfall.waiting_events for all to footfall_owner using (true) with check (true);

grant select on footfall.alert_incidents to footfall_reader;
grant select on footfall.annotations to footfall_reader;
grant select on footfall.audit_log to footfall_reader;
grant delete, insert, select, update on footfall.client_drops to footfall_ingest;
grant select on footfall.client_drops to footfall_reader;
grant delete, insert, select, update on footfall.daily_site_metrics to footfall_ingest;
grant select on footfall.daily_site_metrics to footfall_reader;
grant delete, insert, select, update on footfall.dead_letter to footfall_ingest;
grant select on footfall.dead_letter to footfall_reader;
grant delete, insert, select, update on footfall.dead_letter_overflow to footfall_ingest;
grant select on footfall.dead_letter_overflow to footfall_reader;
grant select on footfall.error_states to footfall_reader;
grant insert, select, update on footfall.events to footfall_ingest;
grant select on footfall.events to footfall_reader;
grant delete, insert, select, update on footfall.experiment_assignments to footfall_ingest;
grant select on footfall.experiment_assignments to footfall_reader;
grant delete, insert, select, update on footfall.experiment_exposures to footfall_ingest;
grant select on footfall.experiment_exposures to footfall_reader;
grant select on footfall.experiment_layers to footfall_ingest;
grant select on footfall.experiment_layers to footfall_reader;
grant select on footfall.experiment_phases to footfall_ingest;
grant select on footfall.experiment_phases to footfall_reader;
grant select on footfall.experiments to footfall_ingest;
grant select on footfall.experiments to footfall_reader;
grant select on footfall.goals to footfall_reader;
grant select on footfall.mail_reports to footfall_reader;
grant insert, select on footfall.odd_ids to footfall_ingest;
grant insert, select on footfall.preview_secrets to footfall_ingest;
grant select on footfall.privacy_keys to footfall_ingest;
grant delete, insert, select, update on footfall.rekeyed_events to footfall_ingest;
grant delete, insert, select, update on footfall.rollup_buckets to footfall_ingest;
grant select on footfall.rollup_buckets to footfall_reader;
grant delete, insert, select, update on footfall.rollup_days to footfall_ingest;
grant select on footfall.rollup_days to footfall_reader;
grant delete, insert, select, update on footfall.rollup_frozen to footfall_ingest;
grant select on footfall.rollup_frozen to footfall_reader;
grant delete, insert, select, update on footfall.rollup_marks to footfall_ingest;
grant select on footfall.rollup_marks to footfall_reader;
grant delete, insert, select, update on footfall.rollup_open_days to footfall_ingest;
grant delete, insert, select, update on footfall.rollup_part_visitors to footfall_ingest;
grant delete, insert, select, update on footfall.rollup_parts to footfall_ingest;
grant delete, insert, select, update on footfall.rollup_sites to footfall_ingest;
grant select on footfall.rollup_sites to footfall_reader;
grant delete, insert, select, update on footfall.rollup_visitors to footfall_ingest;
grant select on footfall.rollup_visitors to footfall_reader;
grant select on footfall.saved_funnels to footfall_reader;
grant select on footfall.schema_migrations to footfall_ingest;
grant select on footfall.schema_migrations to footfall_reader;
grant select on footfall.segments to footfall_reader;
grant delete, insert, select, update on footfall.session_links to footfall_ingest;
grant delete, insert, select, update on footfall.sessions to footfall_ingest;
grant select on footfall.sessions to footfall_reader;
grant select on footfall.site_keys to footfall_ingest;
grant select on footfall.source_maps to footfall_reader;
grant select on footfall.tombstones to footfall_ingest;
grant delete, insert, select, update on footfall.visitor_links to footfall_ingest;
grant delete, insert, select on footfall.visitor_salts to footfall_ingest;
grant delete, insert, select, update on footfall.waiting_events to footfall_ingest;

create view footfall.exposure_events with (security_invoker = true) -- (
--   site text,
--   event_day date,
--   event_id uuid,
--   occurred_at timestamp with time zone,
--   experiment text,
--   phase integer,
--   unit_type text,
--   unit_id text,
--   variation text
-- );
create view footfall.rollup_visits with (security_invoker = true) -- (
--   site text,
--   started_at timestamp with time zone,
--   visitor_id text,
--   is_bounce boolean,
--   dimension text,
--   value text,
--   duration_us bigint
-- );
create view pipeline.active_sessions with (security_invoker = true) -- (
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   session_start timestamp with time zone,
--   session_end timestamp with time zone,
--   duration_seconds integer,
--   pageview_count integer,
--   event_count integer,
--   bounce boolean,
--   entry_url text,
--   entry_path character varying(500),
--   entry_title text,
--   exit_url text,
--   exit_path character varying(500),
--   utm_source character varying(100),
--   utm_medium character varying(100),
--   utm_campaign character varying(100),
--   utm_content character varying(100),
--   utm_term character varying(100),
--   referrer_type character varying(50),
--   referrer_platform character varying(100),
--   original_referrer text,
--   user_agent text,
--   browser_language character varying(10),
--   timezone character varying(50),
--   screen_width integer,
--   screen_height integer,
--   viewport_width integer,
--   viewport_height integer,
--   device_pixel_ratio numeric(3,2),
--   session_age interval
-- );
create view pipeline.daily_site_metrics with (security_invoker = true) -- (
--   id integer,
--   site_id character varying(100),
--   metric_date date,
--   unique_visitors integer,
--   total_sessions integer,
--   total_pageviews integer,
--   bounce_rate numeric(5,4),
--   avg_session_duration_seconds integer,
--   avg_pages_per_session numeric(8,2),
--   total_events integer,
--   direct_sessions integer,
--   search_sessions integer,
--   social_sessions integer,
--   referral_sessions integer
-- );
create view pipeline.events_log with (security_invoker = true) -- (
--   id integer,
--   event_id uuid,
--   event_type character varying(50),
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   timestamp timestamp with time zone,
--   url text,
--   path character varying(500),
--   user_agent text,
--   ip_address inet,
--   raw_event_data jsonb,
--   created_at timestamp with time zone,
--   processed_at timestamp with time zone
-- );
create view pipeline.form_submissions with (security_invoker = true) -- (
--   id integer,
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   form_id character varying(100),
--   form_action text,
--   form_method character varying(10),
--   page_url text,
--   page_path character varying(500),
--   submit_timestamp timestamp with time zone,
--   field_count integer,
--   form_data jsonb
-- );
create view pipeline.page_performance with (security_invoker = true) -- (
--   site_id character varying(100),
--   path character varying(500),
--   total_views bigint,
--   avg_time_on_page numeric,
--   unique_sessions bigint,
--   bounce_rate numeric
-- );
create view pipeline.pageviews with (security_invoker = true) -- (
--   id integer,
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   url text,
--   path character varying(500),
--   title text,
--   query_params text,
--   hash_fragment character varying(500),
--   view_timestamp timestamp with time zone,
--   time_on_page_seconds integer,
--   referrer text,
--   internal_referrer boolean,
--   utm_source character varying(100),
--   utm_medium character varying(100),
--   utm_campaign character varying(100),
--   utm_content character varying(100),
--   utm_term character varying(100)
-- );
create view pipeline.traffic_sources with (security_invoker = true) -- (
--   site_id character varying(100),
--   referrer_type character varying(50),
--   sessions bigint,
--   unique_visitors bigint,
--   avg_session_duration numeric,
--   avg_pages_per_session numeric
-- );
create view pipeline.user_events with (security_invoker = true) -- (
--   id integer,
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   event_type character varying(50),
--   event_timestamp timestamp with time zone,
--   page_url text,
--   page_path character varying(500),
--   event_data jsonb,
--   element_tag character varying(20),
--   element_classes text,
--   element_id character varying(100),
--   scroll_percentage integer,
--   form_id character varying(100)
-- );
create view pipeline.user_sessions with (security_invoker = true) -- (
--   session_id character varying(100),
--   visitor_id character varying(100),
--   site_id character varying(100),
--   session_start timestamp with time zone,
--   session_end timestamp with time zone,
--   duration_seconds integer,
--   pageview_count integer,
--   event_count integer,
--   bounce boolean,
--   entry_url text,
--   entry_path character varying(500),
--   entry_title text,
--   exit_url text,
--   exit_path character varying(500),
--   utm_source character varying(100),
--   utm_medium character varying(100),
--   utm_campaign character varying(100),
--   utm_content character varying(100),
--   utm_term character varying(100),
--   referrer_type character varying(50),
--   referrer_platform character varying(100),
--   original_referrer text,
--   user_agent text,
--   browser_language character varying(10),
--   timezone character varying(50),
--   screen_width integer,
--   screen_height integer,
--   viewport_width integer,
--   viewport_height integer,
--   device_pixel_ratio numeric(3,2)
-- );
create view social.error_logs with (security_invoker = true) -- (
--   id uuid,
--   user_id text,
--   session_id uuid,
--   error_type character varying(100),
--   error_message text,
--   error_stack text,
--   url text,
--   user_agent text,
--   timestamp timestamp with time zone,
--   severity character varying(20),
--   category character varying(50),
--   resolved boolean,
--   resolved_at timestamp with time zone,
--   resolved_by text
-- );
create view social.events with (security_invoker = true) -- (
--   id uuid,
--   user_id text,
--   session_id uuid,
--   event_name character varying(200),
--   event_category character varying(50),
--   timestamp timestamp with time zone,
--   client_timestamp timestamp with time zone,
--   server_processing_time interval,
--   event_data jsonb,
--   url text,
--   pathname character varying(2048),
--   referrer text,
--   platform text,
--   browser character varying(50),
--   browser_version character varying(20),
--   os character varying(50),
--   os_version character varying(20),
--   status character varying(20),
--   is_valid boolean,
--   validation_errors jsonb
-- );
create view social.experiment_assignments with (security_invoker = true) -- (
--   id uuid,
--   experiment_id uuid,
--   user_id text,
--   variant character varying(100),
--   assigned_at timestamp with time zone
-- );
create view social.experiments with (security_invoker = true) -- (
--   id uuid,
--   name character varying(200),
--   description text,
--   start_date timestamp with time zone,
--   end_date timestamp with time zone,
--   status character varying(20),
--   variants jsonb,
--   traffic_allocation jsonb,
--   target_metrics jsonb,
--   statistical_significance numeric(5,4),
--   winning_variant character varying(100),
--   confidence_level numeric(5,4)
-- );
create view social.performance_metrics with (security_invoker = true) -- (
--   id uuid,
--   user_id text,
--   session_id uuid,
--   metric_name character varying(100),
--   metric_value numeric(15,6),
--   metric_unit character varying(20),
--   page_url text,
--   browser character varying(50),
--   platform text,
--   timestamp timestamp with time zone,
--   metadata jsonb
-- );
create view social.user_sessions with (security_invoker = true) -- (
--   id uuid,
--   user_id text,
--   session_token character varying(255),
--   platform text,
--   device_info jsonb,
--   ip_address inet,
--   user_agent text,
--   screen_resolution character varying(20),
--   viewport_size character varying(20),
--   started_at timestamp with time zone,
--   ended_at timestamp with time zone,
--   duration interval,
--   page_views integer,
--   interactions integer,
--   city character varying(100),
--   region character varying(100),
--   country character varying(3),
--   bounce_rate numeric(5,4),
--   scroll_depth_avg numeric(5,4),
--   time_to_first_interaction interval
-- );

create function footfall.add_visitors(roll_site text, days date[], keys bigint[], previous_days date[], visitors bigint[]) returns void;
create function footfall.close_rollup_days(roll_site text, first_open date, zone text) returns void;
create function footfall.day_start(day date, zone text) returns timestamp with time zone;
create function footfall.end_sessions(moment timestamp with time zone) returns void;
create function footfall.find_previous_days(roll_site text, roll_day date, visitors bigint[]) returns TABLE(visitor bigint, key bigint, previous date);
create function footfall.freeze_rollups(freeze_site text, first_day date, last_day date) returns void;
create function footfall.lock_rollups(roll_site text) returns bigint;
create function footfall.rebuild_exposures(of_site text, of_experiment text) returns void;
create function footfall.relink_visitors(roll_site text, roll_day date, changed bigint[]) returns void;
create function footfall.restart_rollups(roll_site text, zone text) returns void;
create function footfall.roll_up(roll_site text, max_days integer, first_day date DEFAULT '-infinity'::date, last_day date DEFAULT 'infinity'::date) returns integer;
create function footfall.roll_up_day(roll_site text, roll_day date, zone text, marked timestamp with time zone[]) returns void;
create function footfall.roll_up_marked(roll_site text, first_day date DEFAULT '-infinity'::date, last_day date DEFAULT 'infinity'::date) returns void;
create function footfall.roll_up_metrics(roll_site text, days date[]) returns void;
create function footfall.roll_up_parts(roll_site text, roll_day date, start_at timestamp with time zone, end_at timestamp with time zone, marked timestamp with time zone[], is_open boolean, OUT touched bigint[], OUT emptied bigint[]) returns record;
create function footfall.roll_up_visitors(roll_site text, roll_day date, start_at timestamp with time zone, end_at timestamp with time zone, touched bigint[], is_open boolean) returns bigint[];
create function footfall.rollup_bucket(moment timestamp with time zone) returns timestamp with time zone;
create function footfall.rollup_key(dimension text, value text) returns bigint;
create function footfall.rollup_spans(buckets timestamp with time zone[]) returns TABLE(start_at timestamp with time zone, end_at timestamp with time zone);
create function footfall.set_times_on_page(roll_site text, start_at timestamp with time zone, end_at timestamp with time zone) returns void;
create function pipeline.add_missing_sessions(event_ids uuid[]) returns void;
create procedure pipeline.calculate_daily_metrics(IN start_date date, IN end_date date);
create procedure pipeline.cleanup_processed_events(IN retention_days integer);
create function pipeline.delete_from_events_log() returns trigger;
create function pipeline.insert_into_events_log() returns trigger;
create procedure pipeline.process_events_batch(IN batch_size integer DEFAULT 1000);
create procedure pipeline.roll_up_marked(IN first_day date DEFAULT '-infinity'::date, IN last_day date DEFAULT 'infinity'::date);
create function pipeline.to_session_id(site_id text, session_id text) returns uuid;
create procedure pipeline.update_active_sessions();

grant select (alert_id, created_at, checked_at, cooldown_minutes, enabled, site, name, rule, webhook_url, emails) on footfall.alerts to footfall_reader;
grant select (notification_id, created_at, next_attempt_at, delivered_at, attempts, answer_status, site, cause, alert_id, incident_id, channel, target, failure) on footfall.notifications to footfall_reader;
grant select (site, name, allowed_origins, timezone, currency, week_start, excluded_addresses, excluded_hosts, excluded_paths, human_reasons, retention_days, import_secret, created_at) on footfall.sites to footfall_ingest;
grant select (site, name, allowed_origins, timezone, currency, week_start, excluded_addresses, excluded_hosts, excluded_paths, human_reasons, retention_days, created_at) on footfall.sites to footfall_reader;
