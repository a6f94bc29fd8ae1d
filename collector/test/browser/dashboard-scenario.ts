import { createNetworks, type Networks } from '../../src/access/networks.js';
import { createReportClient, type ReportClient } from '../report-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

/** When the collector believes it to be. */
export const noon = Date.parse('2026-11-20T12:00:00Z');

const dayMs = 86_400_000;
const desktop =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';
const [german, american] = ['141.1.1.1', '8.8.8.8'];

type Visit = {
  /** Days before noon; 0 is three minutes before it. */
  daysAgo: number;
  paths: string[];
  referrer?: string;
  query?: string;
  address?: string;
  userAgent?: string;
  /** Properties of a sign-up at the end. */
  plan?: string;
  title?: string;
};

/** What a text becomes code in, if a page is careless: case 39 of the hostile requests. */
export const hostile = `"><img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>`;

const visits: Visit[] = [
  { daysAgo: 0, paths: ['/', '/pricing', '/signup'], referrer: 'https://www.google.com/', plan: 'team' },
  { daysAgo: 1, paths: ['/'], referrer: 'https://chatgpt.com/', address: american },
  { daysAgo: 1, paths: ['/pricing', '/signup'], userAgent: phone, plan: 'free' },
  {
    daysAgo: 2,
    paths: ['/', '/docs'],
    query: '?utm_source=letter&utm_medium=email&utm_campaign=november&utm_content=top&utm_term=shoes',
  },
  { daysAgo: 3, paths: ['/docs', '/docs', '/'], referrer: 'https://news.ycombinator.com/item?id=1' },
  { daysAgo: 4, paths: ['/'], referrer: 'https://www.google.com/', userAgent: phone, address: american },
  {
    daysAgo: 5,
    paths: [`/${hostile}`],
    title: hostile,
    referrer: 'https://evil.example/?"><img src=x>',
    plan: hostile,
  },
  { daysAgo: 8, paths: ['/'], referrer: 'https://www.bing.com/' },
  { daysAgo: 9, paths: ['/', '/docs', '/pricing'], userAgent: phone },
];

export type Scenario = { collector: TestCollector; client: ReportClient };

/** A collector whose clock stands at noon, with two weeks of the site `demo`, a goal, and the empty site `other`. */
export async function startScenario(
  settings: { webhookNetworks?: Networks; smtpUrl?: string } = {},
): Promise<Scenario> {
  const trustedProxies = createNetworks(['127.0.0.1']);
  const collector = await startTestCollector({ ...settings, now: () => noon, trustedProxies });
  const client = await createReportClient(collector);
  for (const [at, visit] of visits.entries()) await send(collector, visit, at);
  // More pages than the details show at once.
  for (let at = 0; at < 60; at++) await send(collector, { daysAgo: 6, paths: [`/archive/${at}`] }, 100 + at);
  const goal = { site: 'demo', name: 'Sign-up page', kind: 'page', pattern: '/signup' };
  await client.ask('POST', 'goals', goal, client.owner);
  const note = { site: 'demo', noted_at: '2026-11-18T10:00:00Z', text: 'Release 2' };
  await client.ask('POST', 'annotations', note, client.owner);
  return { collector, client };
}

async function send(collector: TestCollector, visit: Visit, at: number): Promise<void> {
  const startAt = noon - visit.daysAgo * dayMs - 180_000;
  const { status, body } = await collector.send(
    {
      visitor: { id: `visitor-${at}` },
      context: { language: 'en-US', screen: visit.userAgent === phone ? [390, 844] : [1440, 900] },
      session: { id: newId(startAt) },
      events: eventsOf(visit, startAt),
    },
    { headers: { 'user-agent': visit.userAgent ?? desktop, 'x-forwarded-for': visit.address ?? german } },
  );
  const { rejected } = body as { rejected: unknown[] };
  if (status !== 200 || rejected.length > 0) throw new Error(`${status} ${JSON.stringify(body)}`);
}

function eventsOf({ paths, referrer, query = '', plan, title }: Visit, startAt: number) {
  const pages = paths.map((path, at) => ({
    id: newId(startAt + at * 20_000),
    type: 'pageview',
    ts: startAt + at * 20_000,
    url: `https://shop.example${path}${at === 0 ? query : ''}`,
    ...(title !== undefined && { title }),
    ...(at === 0 && referrer !== undefined && { referrer }),
  }));
  if (plan === undefined) return pages;
  const ts = startAt + paths.length * 20_000;
  return [
    ...pages,
    {
      id: newId(ts),
      type: 'custom',
      name: plan === hostile ? hostile : 'Signup',
      ts,
      props: { plan, [hostile]: 1 },
    },
  ];
}
