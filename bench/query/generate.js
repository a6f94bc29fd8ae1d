/** Visits of 90 days for bench/query, made inside the database: what the pipeline would have stored, and its marks. */

import { openDatabase } from '../../collector/dist/db/database.js';
import { ensurePartitions } from '../../collector/dist/db/partitions.js';

export const site = 'bench';
export const days = 90;
const dayMs = 86_400_000;
const eventsPerVisit = 10;
const returningShare = 0.4;
const visitsPerReturningVisitor = 6;

/** Fills the site `bench` with so many events up to now. The same seed makes the same visits. */
export async function generate({ url, client, events, now, log }) {
  const database = openDatabase({ url, log });
  const eventDays = Array.from({ length: days + 2 }, (_, back) =>
    new Date(now - (back - 1) * dayMs).toISOString().slice(0, 10),
  );
  await ensurePartitions(database, eventDays, now);
  await database.end();
  await client.query(`insert into footfall.sites (site, name) values ($1, $1) on conflict do nothing`, [
    site,
  ]);
  await makeVisits(client, { visits: Math.round(events / eventsPerVisit), now });
  log('visits made');
  for (const slice of slicesOf(now)) await makeEvents(client, slice);
  log('events made');
  for (const slice of slicesOf(now)) await makeSessions(client, slice);
  await client.query('vacuum analyze footfall.events, footfall.sessions');
  log('sessions made');
  await rollUp(client, log);
  await client.query(
    'vacuum analyze footfall.rollup_days, footfall.rollup_visitors, footfall.rollup_buckets',
  );
}

// A value from 1 on with a probability of about 1 / value: the exponential of an even number.
const zipf = (limit) => `floor(exp(random() * ln(${limit})))::integer`;
const pick = (words) => `(array[${words.map((word) => `'${word}'`).join(', ')}])[${zipf(words.length + 1)}]`;

async function makeVisits(client, { visits, now }) {
  await client.query('select setseed(0.20261120)');
  await client.query(
    `create temp table visits as
     select i, now_at - random() * interval '${days} days' as at, gen_random_uuid() as session_id,
       case when random() < ${returningShare} then 'returning-' || (random() * $1::integer)::integer else 'new-' || i end as visitor,
       ${pick(['DE', 'US', 'FR', 'GB', 'NL', 'AT', 'PL', 'IN', 'BR', 'JP', 'CH', 'ES'])} as country,
       ${pick(['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet', 'Opera'])} as browser,
       ${pick(['Windows', 'iOS', 'Android', 'macOS', 'Linux'])} as os,
       ${pick(['desktop', 'mobile', 'tablet'])} as device,
       ${pick(['Organic Search', 'Direct', 'Referral', 'Organic Social', 'AI Assistants', 'Email'])} as channel,
       ${pick(['Google', 'Reddit', 'ChatGPT', 'Hacker News', 'Bing', 'LinkedIn', 'GitHub', 'news.example'])} as source,
       case when random() < 0.2 then 'campaign-' || ${zipf(20)} end as campaign
     from generate_series(1, $2::integer) as i, (select $3::timestamptz as now_at) as clock`,
    [
      Math.round((visits * returningShare) / visitsPerReturningVisitor),
      visits,
      new Date(now - 1_800_000).toISOString(),
    ],
  );
  await client.query('create index on visits (at)');
}

// The range of days in pieces of nine: a statement over all of them would sort on disk.
function slicesOf(now) {
  const sliceDays = 9;
  return Array.from({ length: days / sliceDays }, (_, at) =>
    [at, at + 1].map((edge) => new Date(now - (days - edge * sliceDays) * dayMs - 1_800_000).toISOString()),
  );
}

// In order of time, as they would have come.
async function makeEvents(client, [from, to]) {
  await client.query(`select setseed(extract(epoch from $1::timestamptz)::integer % 1000 / 1000.0)`, [from]);
  await client.query(
    `insert into footfall.events (occurred_at, received_at, event_id, session_id, event_day, site, type, name, visitor_id,
       url, host, path, browser, os, device, country, language, referrer_source, channel, utm_campaign, value, currency, props, time_on_page_ms)
     select at, at, gen_random_uuid(), session_id, (at at time zone 'UTC')::date, '${site}', type,
       case type when 'custom' then 'signup' end, visitor, 'https://shop.example/articles/' || page, 'shop.example',
       '/articles/' || page, browser, os, device, country, 'en', case n when 0 then source end,
       case n when 0 then channel end, campaign, case type when 'custom' then 20 + n end, case type when 'custom' then 'EUR' end,
       case type when 'engagement' then '{"engagedMs": 4000, "scrollPercent": 60}'::jsonb when 'custom' then '{"plan": "pro", "price": 20}'::jsonb end,
       case type when 'pageview' then 60000 end
     from (
       select v.*, v.at + n * interval '20 seconds' as event_at, n, ${zipf(500)} as page,
         case when n % 3 = 0 then 'pageview' when n % 3 = 1 then 'click' when n = 8 and v.i % 10 = 0 then 'custom' else 'engagement' end as type
       from (select * from visits where at >= $1 and at < $2 order by at) v cross join generate_series(0, ${eventsPerVisit - 1}) as n
     ) e (i, start_at, session_id, visitor, country, browser, os, device, channel, source, campaign, at, n, page, type)`,
    [from, to],
  );
}

async function makeSessions(client, [from, to]) {
  await client.query(
    `insert into footfall.sessions (started_at, ended_at, last_seen_at, entry_at, exit_at, session_id, entry_event_id,
       exit_event_id, engaged_ms, pageview_count, event_count, interaction_count, entry_rank, is_client_id, site, visitor_id,
       entry_path, entry_host, entry_url, exit_path, exit_url, referrer_source, channel, utm_campaign, browser, os, device, country, language)
     select min(e.occurred_at), max(e.occurred_at), max(e.occurred_at), min(e.occurred_at),
       max(e.occurred_at) filter (where type = 'pageview'), e.session_id,
       (array_agg(e.event_id order by e.occurred_at))[1], (array_agg(e.event_id order by e.occurred_at desc))[2],
       count(*) filter (where type = 'engagement') * 4000, count(*) filter (where type = 'pageview'), count(*),
       count(*) filter (where type = 'click'), 0, true, '${site}', min(v.visitor),
       (array_agg(e.path order by e.occurred_at))[1], 'shop.example', (array_agg(e.url order by e.occurred_at))[1],
       (array_agg(e.path order by e.occurred_at desc) filter (where type = 'pageview'))[1],
       (array_agg(e.url order by e.occurred_at desc) filter (where type = 'pageview'))[1],
       min(v.source), min(v.channel), min(v.campaign), min(v.browser), min(v.os), min(v.device), min(v.country), 'en'
     from footfall.events e join visits v on v.session_id = e.session_id
     where e.site = '${site}' and v.at >= $1 and v.at < $2 and e.occurred_at >= $1 and e.occurred_at < $2::timestamptz + interval '1 hour'
     group by e.session_id order by min(e.occurred_at)`,
    [from, to],
  );
}

async function rollUp(client, log) {
  await client.query(
    `insert into footfall.rollup_marks (site, bucket)
     select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events where site = '${site}'`,
  );
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await client.query(`select footfall.roll_up('${site}', 9) as days`);
    if (rows[0].days === 0) break;
  }
  log(`rolled up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
