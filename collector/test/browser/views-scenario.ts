import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inventVisitors, requestOf } from '../experiment-scenario.js';
import type { OracleVisitor } from '../oracle/experiment-results.js';
import { createRandom, type Random } from '../random.js';
import { createReportClient, type ReportClient, type SentEvent, sendVisit } from '../report-client.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';
import { hostile, noon, type Scenario as Started } from './dashboard-scenario.js';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const experimentStart = noon - 14 * dayMs;
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
];
const referrers = [
  'https://www.google.com/',
  'https://chatgpt.com/',
  'https://news.ycombinator.com/',
  undefined,
];
const accessLog = fileURLToPath(
  new URL('../fixtures/access-log/semicomplete-2015.access.log.gz', import.meta.url),
);

/** The funnel of the shop: each step is done by a part of those that did the one before. */
export const shopSteps = [{ page: '/' }, { page: '/pricing' }, { page: '/signup' }, { event: 'Signup' }];
const stepShares = [1, 0.55, 0.5, 0.7];

/** The visitor whose timeline is looked at, with a hostile event. */
export const watchedVisitor = 'watched';

export type ViewsScenario = Started & {
  /** Lets the clock of the collector, which else stands, go on. */
  advance(milliseconds: number): void;
};

/**
 * A collector whose site `demo` has something for every view: visits that return, errors with a source map, forms, web
 * vitals, bots, an experiment with a known effect and one that splits wrongly, refused events, and a hostile text wherever a
 * page may send one. The site `log` is a real access log.
 */
export async function startViewsScenario({ visitors = 60 } = {}): Promise<ViewsScenario> {
  let clock = experimentStart;
  const collector = await startTestCollector({ now: () => clock });
  const client = await createReportClient(collector);
  await startExperiments(client);
  clock = noon;
  const units = inventVisitors(300 + visitors, { start: experimentStart, now: noon }, 8);
  const work = [
    ...Array.from(
      { length: visitors },
      (_, at) => () => sendVisitor(collector, createRandom(at), `visitor-${at}`),
    ),
    ...Array.from({ length: visitors / 3 }, (_, at) => () => sendForm(collector, createRandom(at), at)),
    ...[0, 1, 2].map((at) => () => sendWatched(collector, at)),
    ...units.map((unit) => () => sendUnit(collector, unit)),
    () => sendBots(collector),
    () => sendRefused(collector),
  ];
  await atOnce(work);
  await sendErrors(collector);
  const goal = { site: 'demo', name: 'Sign-up', kind: 'event', pattern: 'Signup' };
  await client.ask('POST', 'goals', goal, client.owner);
  const parameters = { steps: shopSteps };
  await client.ask(
    'POST',
    'saved-funnels',
    { site: 'demo', name: 'From first page to sign-up', parameters },
    client.owner,
  );
  // As autovacuum does soon after so many rows.
  await collector.query('analyze');
  const advance = (milliseconds: number) => {
    clock += milliseconds;
  };
  return { collector, client, advance };
}

async function atOnce(work: (() => Promise<void>)[]): Promise<void> {
  const waiting = [...work];
  const run = async () => {
    for (let send = waiting.shift(); send; send = waiting.shift()) await send();
  };
  await Promise.all(Array.from({ length: 16 }, run));
}

/** Adds the real access log as the site `log`. */
export async function importAccessLog({ url }: TestCollector): Promise<void> {
  const command = ['import', 'access-log', accessLog, '--site', 'log', '--rule', 'reference'];
  const { code, stderr } = await runFootfall(command, { env: { DATABASE_URL: url } }).finished;
  if (code !== 0) throw new Error(stderr);
}

async function sendVisitor(collector: TestCollector, random: Random, visitor: string): Promise<void> {
  const firstDay = random.below(33);
  const userAgent = random.pick(agents);
  for (let day = firstDay; day >= 0; day -= 1 + random.below(9)) {
    const startAt = noon - day * dayMs - random.below(500) * minuteMs - 2 * minuteMs;
    const events = shopVisit(random, startAt, userAgent === agents[2]);
    await sendVisit(collector, { visitor, session: newId(startAt), userAgent, events });
    if (random.chance(0.45)) return;
  }
}

function shopVisit(random: Random, startAt: number, isSlow: boolean): SentEvent[] {
  const events: SentEvent[] = [];
  const referrer = random.pick(referrers);
  let at = startAt;
  for (const [step, match] of shopSteps.entries()) {
    if (!random.chance(stepShares[step] ?? 1)) break;
    if ('event' in match) events.push({ at, type: 'custom', name: match.event, path: '/signup' });
    else events.push(...pageWithVitals(random, at, { path: match.page ?? '/', isSlow }));
    if (random.chance(0.2)) events.push({ at: at + 9_000, path: random.pick(['/docs', '/blog', '/about']) });
    at += 10_000 + random.below(180_000);
  }
  const [first, ...others] = events;
  return first ? [{ ...first, ...(referrer !== undefined && { referrer }) }, ...others] : [];
}

function pageWithVitals(
  random: Random,
  at: number,
  { path, isSlow }: { path: string; isSlow: boolean },
): SentEvent[] {
  const pageId = newId(at);
  const slowness = (isSlow ? 2.1 : 1) * (path === '/pricing' ? 1.5 : 1) * (0.6 + random.uniform());
  const values = { LCP: 1_500 * slowness, INP: 120 * slowness, CLS: 0.05 * slowness, TTFB: 300 * slowness };
  const vitals = Object.entries(values).map(([metric, value]) => ({
    at: at + 500,
    type: 'web_vital',
    path,
    pageId,
    value: Math.round(value * 1_000) / 1_000,
    props: { metric },
  }));
  return [{ at, id: pageId, path }, ...vitals];
}

const formFields = ['name', 'email', 'company', hostile];

async function sendForm(collector: TestCollector, random: Random, at: number): Promise<void> {
  const startAt = noon - (1 + random.below(12)) * dayMs - random.below(600) * minuteMs;
  const isHostile = at === 0;
  const form = isHostile ? { formId: hostile } : { formId: 'signup', action: '/signup' };
  const event = (later: number, type: string, more: object = {}): SentEvent => ({
    at: startAt + later,
    type,
    path: '/signup',
    props: { ...form, ...more },
  });
  const last = random.below(formFields.length);
  const fields = formFields.map((name, place) => ({ name, type: 'text', filled: place <= last }));
  const events = [event(0, 'form_view')];
  if (isHostile || random.chance(0.8)) events.push(event(3_000, 'form_start'));
  if (events.length > 1)
    events.push(
      random.chance(0.55)
        ? event(40_000, 'form_submit', { fields, durationMs: 20_000 + random.below(60_000) })
        : event(30_000, 'form_abandon', { fields, lastField: formFields[last] }),
    );
  await sendVisit(collector, { visitor: `form-${at}`, session: newId(startAt), events });
}

async function sendWatched(collector: TestCollector, at: number): Promise<void> {
  const startAt = noon - (2 - at) * dayMs - 4 * minuteMs;
  await sendVisit(collector, {
    visitor: watchedVisitor,
    session: newId(startAt),
    events: [
      { at: startAt, path: '/', referrer: 'https://evil.example/?"><img src=x>' },
      { at: startAt + 20_000, path: `/${hostile}` },
      { at: startAt + 30_000, type: 'custom', name: hostile, path: '/', props: { [hostile]: hostile } },
      { at: startAt + 40_000, type: 'engagement', path: '/', props: { engagedMs: 31_000 } },
    ],
  });
}

async function sendBots(collector: TestCollector): Promise<void> {
  const bots = [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    `curl/8.5.0 ${hostile}`,
  ];
  for (const [at, userAgent] of bots.entries())
    for (let count = 0; count <= 2 * at; count++) {
      const startAt = noon - (count + 1) * dayMs;
      const events = [{ at: startAt, path: '/' }];
      await sendVisit(collector, { visitor: `bot-${at}-${count}`, userAgent, events });
    }
}

async function sendRefused(collector: TestCollector): Promise<void> {
  const fine = { type: 'custom', ts: noon, url: 'https://shop.example/' };
  const refused = [
    { ...fine, id: 'one', name: 'Order' },
    { ...fine, id: newId(noon), name: hostile, type: hostile },
    { ...fine, id: newId(noon - 60 * dayMs), name: 'Order', ts: noon - 60 * dayMs },
    { ...fine, id: newId(noon - 61 * dayMs), name: hostile, ts: noon - 61 * dayMs },
  ];
  const dropped = { queue_full: 12, error_extension: 40 };
  const stored = { ...fine, id: newId(noon), name: 'Order' };
  await collector.send({ visitor: { id: 'refused' }, dropped, events: [stored, ...refused] });
}

const source = `export function addToCart(item) {
  const { id } = item;
  cart.push(id);
}
addToCart(undefined);
`;
// 1:0 -> 1:0, 1:14 -> 2:2, 1:33 -> 4:0 addToCart
const map = {
  version: 3,
  sources: ['../src/cart.ts'],
  sourcesContent: [source],
  names: ['addToCart', 'item'],
  mappings: 'AAAA,cACE,mBAEFA',
};

async function sendErrors(collector: TestCollector): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-views-maps-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'assets', 'cart.js.map'), JSON.stringify(map));
  const upload = ['sourcemaps', 'upload', folder, '--site', 'demo', '--release', '3.0.0'];
  const { code, stderr } = await runFootfall(upload, { env: { DATABASE_URL: collector.url } }).finished;
  await rm(folder, { recursive: true });
  if (code !== 0) throw new Error(stderr);
  const url = 'https://shop.example/assets/cart.js';
  const errors = [
    {
      errorType: 'TypeError',
      message: `Cannot destructure property 'id' of 'item' as it is undefined.`,
      stack: `TypeError: Cannot destructure\n    at t (${url}:1:15)\n    at ${url}:1:34`,
    },
    { errorType: 'Error', message: hostile, stack: `Error: ${hostile}\n    at ${hostile} (${url}:1:2)` },
    { errorType: 'Error', message: 'The payment was declined', stack: `Error: x\n    at pay (${url}:2:8)` },
  ];
  for (const [at, props] of errors.entries())
    for (let count = 0; count < 7 - 2 * at; count++) {
      const moment = noon - count * dayMs - 5 * minuteMs;
      await sendVisit(collector, {
        visitor: count === 0 ? watchedVisitor : `error-${at}-${count}`,
        release: '3.0.0',
        events: [
          { at: moment - 1_000, path: '/cart' },
          { at: moment, type: 'error', path: '/cart', props },
        ],
      });
    }
}

const metrics = [
  {
    key: 'signup',
    name: 'Sign-ups',
    kind: 'proportion',
    role: 'primary',
    event: { type: 'custom', name: 'signup' },
    minimumEffect: 0.1,
  },
  {
    key: 'searches',
    name: 'Searches',
    kind: 'mean',
    event: { type: 'custom', name: 'search' },
    prePeriodDays: 14,
  },
  {
    key: 'failures',
    name: 'Errors',
    kind: 'proportion',
    role: 'guardrail',
    goal: 'decrease',
    event: { type: 'error' },
    margin: 0.2,
  },
];

async function startExperiments(client: ReportClient): Promise<void> {
  for (const [key, weights] of [
    ['checkout', [0.45, 0.45, 0.1]],
    ['uneven', [0.2, 0.2, 0.6]],
  ] as const) {
    const variations = ['control', 'blue', 'green'].map((name, at) => ({ key: name, weight: weights[at] }));
    await change(client, 'experiments', {
      site: 'demo',
      key,
      name: `The ${key}`,
      variations,
      metrics,
      plannedUnits: 600,
    });
    await change(client, `experiments/${key}/start?site=demo`, {});
  }
}

async function sendUnit(collector: TestCollector, visitor: OracleVisitor): Promise<void> {
  const { body, headers } = requestOf({ ...visitor, id: `unit-${visitor.id}` }, noon);
  const uneven = body.events.filter(({ type }) => type === 'exposure').map(toUneven);
  await collector.send({ ...body, events: [...body.events, ...uneven] }, { headers });
}

function toUneven<Exposure extends { ts: number; props?: Record<string, unknown> }>(event: Exposure) {
  return { ...event, id: newId(event.ts), props: { ...event.props, experiment: 'uneven' } };
}

async function change(client: ReportClient, path: string, body: object): Promise<void> {
  const answer = await client.ask('POST', path, body, client.owner);
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
}
