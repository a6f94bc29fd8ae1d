import type pg from 'pg';

type Counted = {
  bucket: number;
  events: number;
  pageviews: number;
  bot_events: number;
  sessions: number;
  bounces: number;
};

type Hit = { at: number; type: string; is_bot: boolean; visitor_id: string | null };
type Visit = {
  started: number;
  entry_rank: number;
  is_bot: boolean;
  is_bounce: boolean;
  visitor_id: string | null;
};
type Stored = { hits: Hit[]; visits: Visit[] };

const bucketMs = 900_000;
const dayMs = 86_400_000;
const site = 'demo';

/** Lets the rollups catch up, and compares every quarter hour and day with a count of events and sessions in plain code. */
export async function findWrongRollups(client: pg.Client): Promise<string[]> {
  await catchUp(client);
  const stored = await readStored(client);
  return [...(await findWrongBuckets(client, stored)), ...(await findWrongDays(client, stored))];
}

async function catchUp(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query('select 1 from footfall.rollup_marks where site = $1 limit 1', [
      site,
    ]);
    if (rows.length === 0) return;
    await client.query('begin; set local role footfall_ingest');
    await client.query('select footfall.roll_up($1, 1000)', [site]);
    await client.query('commit');
  }
}

async function readStored(client: pg.Client): Promise<Stored> {
  const { rows: hits } = await client.query<Hit>(
    `select (extract(epoch from occurred_at) * 1000)::float8 as at, type, is_bot, visitor_id
     from footfall.events where site = $1`,
    [site],
  );
  const { rows: visits } = await client.query<Visit>(
    `select (extract(epoch from started_at) * 1000)::float8 as started, entry_rank, is_bot, is_bounce, visitor_id
     from footfall.sessions where site = $1`,
    [site],
  );
  return { hits, visits: visits.filter(({ entry_rank, is_bot }) => entry_rank < 2 && !is_bot) };
}

async function findWrongBuckets(client: pg.Client, stored: Stored): Promise<string[]> {
  const { rows } = await client.query<Counted>(
    `select (extract(epoch from bucket) * 1000)::float8 as bucket, events, pageviews, bot_events, sessions, bounces
     from footfall.rollup_buckets where site = $1 and (events, bot_events, sessions) <> (0, 0, 0)`,
    [site],
  );
  return compare('bucket', rows, countBuckets(stored));
}

const nothing = { events: 0, pageviews: 0, bot_events: 0, sessions: 0, bounces: 0 };

function countBuckets({ hits, visits }: Stored): Counted[] {
  const counts = new Map<number, Counted>();
  const of = (at: number): Counted => {
    const bucket = Math.floor(at / bucketMs) * bucketMs;
    const known = counts.get(bucket) ?? { bucket, ...nothing };
    counts.set(bucket, known);
    return known;
  };
  for (const { at, type, is_bot } of hits) {
    of(at)[is_bot ? 'bot_events' : 'events'] += 1;
    if (type === 'pageview' && !is_bot) of(at).pageviews += 1;
  }
  for (const { started, is_bounce } of visits) {
    of(started).sessions += 1;
    if (is_bounce) of(started).bounces += 1;
  }
  return [...counts.values()];
}

async function findWrongDays(client: pg.Client, stored: Stored): Promise<string[]> {
  const { rows } = await client.query<{ bucket: number; visitors: number }>(
    `select (extract(epoch from day) * 1000)::float8 as bucket,
       (new_visitors + coalesce((select sum(n) from unnest(returning_visitors) as n), 0))::int as visitors
     from footfall.rollup_days where site = $1 and dimension = 'all'`,
    [site],
  );
  return compare(
    'day',
    rows.filter(({ visitors }) => visitors > 0),
    countVisitors(stored),
  );
}

function countVisitors({ hits, visits }: Stored): { bucket: number; visitors: number }[] {
  const days = new Map<number, Set<string>>();
  const add = (at: number, visitor: string | null) => {
    if (visitor === null) return;
    const day = Math.floor(at / dayMs) * dayMs;
    days.set(day, (days.get(day) ?? new Set()).add(visitor));
  };
  for (const { at, is_bot, visitor_id } of hits) if (!is_bot) add(at, visitor_id);
  for (const { started, visitor_id } of visits) add(started, visitor_id);
  return [...days].map(([bucket, visitors]) => ({ bucket, visitors: visitors.size }));
}

/** Rows that one side has and the other has not, as text. */
function compare<Row extends { bucket: number }>(name: string, stored: Row[], expected: Row[]): string[] {
  const show = (row: Row) => `${name} ${JSON.stringify(row)}`;
  const left = new Set(stored.map(show));
  const right = new Set(expected.map(show));
  return [
    ...[...left].filter((row) => !right.has(row)).map((row) => `stored ${row}`),
    ...[...right].filter((row) => !left.has(row)).map((row) => `expected ${row}`),
  ];
}
