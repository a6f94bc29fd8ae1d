set local role footfall_owner;

-- What people decided about a bug, for every stack that belonged to it then: stacks that come later join them by likeness.
create table footfall.error_states (
  changed_at timestamptz not null,
  site text not null,
  signature text not null,
  state text not null check (state in ('open', 'resolved', 'ignored')),
  primary key (site, signature)
);
comment on table footfall.error_states is 'No row is open; resolved and seen again after changed_at is regressed';

-- Maps of minified files, for the stacks of a release. A map is kept as it was uploaded.
create table footfall.source_maps (
  uploaded_at timestamptz not null default now(),
  site text not null references footfall.sites (site) on delete cascade,
  release text not null,
  file text not null,
  map text not null,
  primary key (site, release, file)
);
comment on column footfall.source_maps.file is 'Path of the minified file from the folder that was uploaded: assets/app.js';

create table footfall.goals (
  goal_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  site text not null references footfall.sites (site) on delete cascade,
  name text not null,
  kind text not null check (kind in ('page', 'event')),
  pattern text not null,
  value numeric,
  currency text,
  primary key (site, goal_id),
  unique (site, name)
);
comment on column footfall.goals.pattern is
  'Of a page: its path, * any text without a slash, ** any text. Of an event: its name, or a type of events';
comment on column footfall.goals.value is 'What a conversion is worth where its event has no value of its own';

create table footfall.segments (
  segment_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  site text not null references footfall.sites (site) on delete cascade,
  name text not null,
  filters jsonb not null,
  primary key (site, segment_id),
  unique (site, name)
);

create table footfall.annotations (
  annotation_id uuid not null default gen_random_uuid(),
  noted_at timestamptz not null,
  created_at timestamptz not null default now(),
  site text not null references footfall.sites (site) on delete cascade,
  text text not null,
  primary key (site, annotation_id)
);
comment on column footfall.annotations.noted_at is 'The moment that the text is about';

-- A link that reads the reports of one site. The token itself is never stored: a lookup is by its SHA-256.
create table footfall.shares (
  share_id uuid not null default gen_random_uuid(),
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  site text not null references footfall.sites (site) on delete cascade,
  name text not null,
  primary key (share_id)
);

-- Reports read errors and events of a name over months. Pageviews and clicks are in neither index and cost nothing.
create index events_error on footfall.events (site, occurred_at) where type = 'error';
create index events_custom on footfall.events (site, name, occurred_at) where type = 'custom';

do $$
declare
  relation text;
begin
  foreach relation in array array['error_states', 'source_maps', 'goals', 'segments', 'annotations', 'shares'] loop
    execute format('alter table footfall.%I enable row level security', relation);
    execute format('alter table footfall.%I force row level security', relation);
    execute format('create policy owner_all on footfall.%I to footfall_owner using (true) with check (true)', relation);
    continue when relation = 'shares';
    execute format($policy$create policy reader_one_site on footfall.%I for select to footfall_reader
      using (site = nullif(current_setting('app.site', true), ''))$policy$, relation);
    execute format('grant select on footfall.%I to footfall_reader', relation);
  end loop;
end $$;
