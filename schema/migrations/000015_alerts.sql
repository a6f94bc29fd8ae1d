set local role footfall_owner;

create table footfall.alerts (
  alert_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  next_check_at timestamptz not null default '-infinity',
  checked_at timestamptz,
  cooldown_minutes integer not null check (cooldown_minutes >= 0),
  enabled boolean not null default true,
  site text not null references footfall.sites (site) on delete cascade,
  name text not null,
  rule jsonb not null,
  webhook_url text,
  webhook_secret text,
  emails text[] not null default '{}',
  primary key (site, alert_id),
  unique (site, name),
  check ((webhook_url is null) = (webhook_secret is null))
);
comment on column footfall.alerts.rule is 'What is watched, with its thresholds: {"kind": "traffic_drop", …}';
comment on column footfall.alerts.next_check_at is 'A collector that evaluates the rule moves it on, so that no other does';
comment on column footfall.alerts.webhook_secret is 'Signs what is sent to webhook_url; no reader role sees it';

create table footfall.alert_incidents (
  incident_id uuid not null default gen_random_uuid(),
  started_at timestamptz not null,
  resolved_at timestamptz,
  site text not null,
  alert_id uuid not null,
  subject text not null,
  finding jsonb not null,
  primary key (site, incident_id),
  foreign key (site, alert_id) references footfall.alerts (site, alert_id) on delete cascade
);
comment on table footfall.alert_incidents is 'Null resolved_at: firing. Of a rule and subject one at most is';
comment on column footfall.alert_incidents.subject is 'What it is about: the site, or the key of an experiment';
comment on column footfall.alert_incidents.finding is 'What was observed when it fired, what was expected, and how far apart they are';
create unique index alert_incidents_firing on footfall.alert_incidents (site, alert_id, subject) where resolved_at is null;
create index alert_incidents_alert on footfall.alert_incidents (site, alert_id, started_at);

create table footfall.mail_reports (
  report_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null,
  last_from date,
  enabled boolean not null default true,
  site text not null references footfall.sites (site) on delete cascade,
  frequency text not null check (frequency in ('weekly', 'monthly')),
  recipients text[] not null,
  primary key (site, report_id)
);
comment on column footfall.mail_reports.last_from is 'First day of the last period that was reported, in the timezone of the site';

-- What is to be sent, and what was. A message is written together with its cause, and sent from here.
create table footfall.notifications (
  notification_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null,
  next_attempt_at timestamptz,
  delivered_at timestamptz,
  attempts integer not null default 0,
  answer_status integer,
  site text not null references footfall.sites (site) on delete cascade,
  cause text not null,
  alert_id uuid,
  incident_id uuid,
  channel text not null check (channel in ('webhook', 'email')),
  target text not null,
  message jsonb not null,
  failure text,
  answer text check (octet_length(answer) <= 1024),
  primary key (site, notification_id),
  unique (site, cause, channel, target),
  foreign key (site, alert_id) references footfall.alerts (site, alert_id) on delete cascade
);
comment on column footfall.notifications.cause is 'Why it is sent: incident:<id>:firing, report:<id>:<day>, test:<id>. One message a cause and target';
comment on column footfall.notifications.next_attempt_at is 'Null: delivered, or given up. Moved on before each attempt, so that no other collector makes it too';
create index notifications_due on footfall.notifications (next_attempt_at) where next_attempt_at is not null;
create index notifications_age on footfall.notifications (created_at);

do $$
declare
  relation text;
begin
  foreach relation in array array['alerts', 'alert_incidents', 'mail_reports', 'notifications'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
    execute format($policy$create policy reader_one_site on footfall.%I for select to footfall_reader
      using (site = nullif(current_setting('app.site', true), ''))$policy$, relation);
  end loop;
end $$;
grant select on footfall.alert_incidents, footfall.mail_reports to footfall_reader;
grant select (alert_id, created_at, checked_at, cooldown_minutes, enabled, site, name, rule, webhook_url, emails)
  on footfall.alerts to footfall_reader;
grant select (notification_id, created_at, next_attempt_at, delivered_at, attempts, answer_status, site, cause, alert_id,
  incident_id, channel, target, failure) on footfall.notifications to footfall_reader;
