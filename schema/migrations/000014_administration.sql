set local role footfall_owner;

alter table footfall.api_keys add column expires_at timestamptz;
comment on column footfall.api_keys.expires_at is 'Not in force from then on; null is no end. A rotated key has one';
comment on column footfall.site_keys.expires_at is 'Not in force from then on; null is no end. A rotated key has one';

create index audit_log_time on footfall.audit_log (at, audit_id);
