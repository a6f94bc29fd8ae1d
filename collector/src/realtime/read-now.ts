import type { Transaction } from '../db/database.js';

/** A pageview or custom event as the stream tells it, without whose it is. */
export type Hit = {
  id: string;
  received_at: string;
  occurred_at: Date;
  type: string;
  name: string | null;
  path: string | null;
  title: string | null;
  referrer_source: string | null;
  country: string | null;
  city: string | null;
  device: string | null;
  browser: string | null;
};

/** Where a stream stands: the last hit that was sent. */
export type Cursor = { receivedAt: string; id: string };

const maxHits = 200;
const maxListed = 10;
export const windowMs = 30 * 60_000;
const currentMs = 5 * 60_000;

const definitions = {
  current_visitors: 'distinct visitors with an event in the last 5 minutes',
  visitors: 'distinct visitors with an event in the last 30 minutes; pageviews likewise',
  minutes: 'each of the last 30 minutes, the newest last: pageviews and distinct visitors',
  pages: 'pages by distinct visitors of the last 30 minutes; sources and countries likewise',
};

type MinuteRow = { minute: Date; pageviews: number; visitors: number };
type ListRow = { list: 'pages' | 'sources' | 'countries'; value: string | null; visitors: number };
type TotalRow = { current_visitors: number; visitors: number; pageviews: number };

/** Who is on the site now, and what happened in the last 30 minutes. */
export async function readNow(tx: Transaction, site: string, nowMs: number) {
  const values = [site, iso(nowMs - windowMs), iso(nowMs), iso(nowMs - currentMs)];
  const [totals] = await tx.query<TotalRow>(
    `/* read-now.totals */
     with ${hitsSql} select count(distinct visitor_id) filter (where occurred_at > $4::timestamptz) as current_visitors,
       count(distinct visitor_id) as visitors, count(*) filter (where type = 'pageview') as pageviews from hits`,
    values,
  );
  const minutes = await tx.query<MinuteRow>(
    `/* read-now.minutes */
     with ${hitsSql}
     select m.minute, count(h.event_id) filter (where h.type = 'pageview') as pageviews, count(distinct h.visitor_id) as visitors
     from generate_series($3::timestamptz - interval '29 minutes', $3::timestamptz, interval '1 minute') as m (minute)
       left join hits h on h.occurred_at > m.minute - interval '1 minute' and h.occurred_at <= m.minute
     where $4::timestamptz is not null group by m.minute order by m.minute`,
    values,
  );
  const lists = await tx.query<ListRow>(
    `/* read-now.lists */
     with ${hitsSql},
     ranked as (
       select l.list, l.value, count(distinct h.visitor_id) as visitors,
         row_number() over (partition by l.list order by count(distinct h.visitor_id) desc, l.value) as place
       from hits h cross join lateral (values ('pages', case when h.type = 'pageview' then h.path end),
         ('sources', h.referrer_source), ('countries', h.country)) as l (list, value)
       where (l.list <> 'pages' or h.type = 'pageview') and $4::timestamptz is not null group by l.list, l.value
     )
     select list, value, visitors from ranked where place <= ${maxListed} order by list, place`,
    values,
  );
  const listOf = (name: ListRow['list']) =>
    lists.filter(({ list }) => list === name).map(({ value, visitors }) => ({ value, visitors }));
  return {
    at: iso(nowMs),
    ...totals,
    minutes,
    pages: listOf('pages'),
    sources: listOf('sources'),
    countries: listOf('countries'),
    meta: { definitions, bots: 'left out' },
  };
}

const hitsSql = `hits as (
       select event_id, occurred_at, type, visitor_id, path, referrer_source, country from footfall.events
       where site = $1::text and not is_bot and occurred_at > $2::timestamptz and occurred_at <= $3::timestamptz
         and event_day between ($2::timestamptz at time zone 'UTC')::date - 1 and ($3::timestamptz at time zone 'UTC')::date + 1
     )`;

/**
 * The hits behind a cursor that were received before a moment, the oldest first. Some seconds are left between that
 * moment and now: transactions that began earlier may commit later.
 */
export function readHits(
  tx: Transaction,
  site: string,
  { after, beforeMs }: { after: Cursor; beforeMs: number },
): Promise<Hit[]> {
  return tx.query<Hit>(
    `/* read-now.readHits */
     select event_id as id, to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as received_at,
       occurred_at, type, name, path, title, referrer_source, country, city, device, browser
     from footfall.events
     where site = $1::text and not is_bot and type in ('pageview', 'custom')
       and (received_at, event_id) > ($2::timestamptz, $3::uuid) and received_at < $4::timestamptz
       and event_day between ($2::timestamptz at time zone 'UTC')::date - 1 and ($4::timestamptz at time zone 'UTC')::date + 1
     order by received_at, event_id limit ${maxHits}`,
    [site, after.receivedAt, after.id, iso(beforeMs)],
  );
}

function iso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
