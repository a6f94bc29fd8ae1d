set local role footfall_owner;

-- One key makes the hashes of erased people, the other signs receipts. Made at the first erasure.
create table footfall.privacy_keys (
  name text primary key check (name in ('subject', 'receipt')),
  key bytea not null
);
comment on table footfall.privacy_keys is 'subject: HMAC-SHA256 of erased identifiers; receipt: Ed25519, PKCS #8';

-- Whom not to store again: an event that is sent late, from before the erasure. The hash tells nobody who it was.
create table footfall.tombstones (
  erased_at timestamptz not null,
  site text not null,
  subject_hash bytea not null,
  primary key (site, subject_hash)
);
create index tombstones_age on footfall.tombstones (erased_at);
comment on table footfall.tombstones is 'Deleted after 36 days: browsers'' events are refused at 35';

create table footfall.erasures (
  requested_at timestamptz not null,
  completed_at timestamptz,
  erasure_id uuid not null default gen_random_uuid(),
  site text not null,
  subject_kind text not null check (subject_kind in ('visitor', 'user')),
  subject_hash bytea not null,
  requested_by text not null,
  receipt jsonb,
  primary key (site, erasure_id)
);
comment on table footfall.erasures is 'What was erased when and at whose request, without the identifier; null completed_at: under way or broken off';

do $$
declare
  relation text;
begin
  foreach relation in array array['privacy_keys', 'tombstones', 'erasures'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
  end loop;
end $$;

create policy ingest_subject on footfall.privacy_keys for select to footfall_ingest using (name = 'subject');
create policy ingest_read on footfall.tombstones for select to footfall_ingest using (true);
grant select on footfall.privacy_keys, footfall.tombstones to footfall_ingest;

alter table footfall.sites add column session_retention_days integer check (session_retention_days >= 36);
comment on column footfall.sites.retention_days is 'Of events; null keeps everything, as for imported sites';
comment on column footfall.sites.session_retention_days is
  'Of sessions; null is as long as events. Not below 36: until then late events may still change a session';
