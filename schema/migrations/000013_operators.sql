set local role footfall_owner;

-- People who log in. Passwords are stored as scrypt with its parameters; null until the person has set one.
create table footfall.operators (
  operator_id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email)),
  name text not null,
  role text not null check (role in ('owner', 'admin', 'analyst')),
  sites text[],
  password_hash text,
  created_at timestamptz not null default now(),
  last_login_at timestamptz,
  disabled_at timestamptz,
  check (role <> 'owner' or sites is null)
);
comment on table footfall.operators is 'People who log in';
comment on column footfall.operators.sites is 'The sites that the person may touch; null is all of them, as owners always may';

-- The secrets of both tables are never stored: a lookup is by their SHA-256.
create table footfall.operator_sessions (
  session_hash bytea primary key,
  operator_id uuid not null references footfall.operators on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  user_agent text not null
);
create index operator_sessions_operator on footfall.operator_sessions (operator_id);
comment on table footfall.operator_sessions is 'Sessions of the dashboard: 12 h after the last request, 14 days after the login, they are over';

create table footfall.operator_tokens (
  operator_id uuid primary key references footfall.operators on delete cascade,
  token_hash bytea not null unique,
  expires_at timestamptz not null
);
comment on table footfall.operator_tokens is 'With its token a person sets a password, once';

do $$
declare
  relation text;
begin
  foreach relation in array array['operators', 'operator_sessions', 'operator_tokens'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
  end loop;
end $$;
