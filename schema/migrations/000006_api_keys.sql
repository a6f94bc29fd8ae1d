set local role footfall_owner;

-- The secret itself is never stored: a lookup is by its SHA-256.
create table footfall.api_keys (
  key_id uuid primary key default gen_random_uuid(),
  key_hash bytea not null unique,
  role text not null check (role in ('owner', 'admin', 'analyst', 'assign', 'ingest')),
  name text not null,
  sites text[],
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
comment on column footfall.api_keys.sites is 'The sites that the key may touch; null is all of them';

alter table footfall.api_keys enable row level security;
alter table footfall.api_keys force row level security;
create policy owner_all on footfall.api_keys to footfall_owner using (true) with check (true);
