import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { groupBy } from '../../src/group-by.js';
import { createReportClient, type ReportClient, sendVisit } from '../report-client.js';
import { runFootfall } from '../run-footfall.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

type Listed = {
  id: string;
  message: string;
  state: string;
  events: number;
  occurrences: number;
  sessions: number;
  releases: string[];
  browsers: string[];
  first_seen: string;
  last_seen: string;
};
type Frame = {
  func: string | null;
  source: string | null;
  line: number;
  column: number;
  text: string | null;
};
type Detail = Listed & { frames: Frame[]; samples: { event_id: string }[] };
type Report = {
  group: string;
  userAgent: string;
  release: string | undefined;
  props: Record<string, unknown>;
};

const noon = Date.parse('2026-11-20T12:00:00Z');
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15';
const edge = `${chrome} Edg/142.0.0.0`;
let nowMs = noon;
let collector: TestCollector;
let client: ReportClient;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => nowMs });
  client = await createReportClient(collector);
  for (const site of ['captured', 'unreleased', 'engines', 'classic'])
    await addSite(collector.database, { site, siteKey: site, retentionDays: null });
});
afterAll(() => collector.stop());

async function list(site: string, query: object = {}): Promise<Listed[]> {
  const input = { site, from: '2026-11-01', limit: 1_000, ...query };
  const { body } = await client.ask('GET', 'errors', input, client.owner);
  return body.errors as Listed[];
}

async function show(site: string, id: string): Promise<Detail> {
  const { body } = await client.ask('GET', `errors/${id}`, { site, from: '2026-11-01' }, client.owner);
  return body as unknown as Detail;
}

/** Sends reports and tells for each group of them the bugs that they were counted in. */
async function group(site: string, reports: Report[]): Promise<Map<string, Set<string>>> {
  const groupOf = new Map<string, string>();
  const senders = groupBy(reports, ({ userAgent, release }) => JSON.stringify([userAgent, release]));
  for (const ofSender of senders.values()) {
    const events = ofSender.map(({ group, props }) => {
      const id = newId(noon);
      groupOf.set(id, group);
      return { at: noon, id, type: 'error', props };
    });
    await sendVisit(collector, { site, ...ofSender[0], events });
  }
  const found = new Map<string, Set<string>>();
  for (const { id } of await list(site)) {
    for (const { event_id } of (await show(site, id)).samples) {
      const name = groupOf.get(event_id) ?? '';
      found.set(name, (found.get(name) ?? new Set()).add(id));
    }
  }
  return found;
}

function print(file: string, groups: Map<string, Set<string>>): void {
  const shared = (ids: Set<string>) =>
    [...groups].filter(([, others]) => [...others].some((id) => ids.has(id))).length - 1;
  const lines = [...groups].map(
    ([name, ids]) => `  ${name.padEnd(24)} ${ids.size} bug(s), shared with ${shared(ids)} other groups`,
  );
  console.log([file, ...lines].join('\n'));
}

const folder = new URL('../fixtures/stacks/', import.meta.url);
function readRows<Row>(file: string): Row[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

type Captured = Record<'group' | 'release' | 'ua', string> & Record<string, unknown>;

function readCaptured({ file, released }: { file: string; released: boolean }): Report[] {
  return readRows<Captured>(file).map((row) => ({
    group: row.group,
    userAgent: row.ua.replace('Headless', ''),
    release: released ? row.release : undefined,
    props: {
      errorType: row.name ?? undefined,
      message: row.message ?? row.value,
      stack: row.stack ?? undefined,
      source: row.source ?? undefined,
      line: row.line ?? undefined,
      column: row.col ?? undefined,
    },
  }));
}

test.each([
  { file: 'captured-2026.jsonl', bugs: 12, site: 'captured', released: true },
  { file: 'captured-2026.jsonl', bugs: 12, site: 'unreleased', released: false },
  { file: 'captured-engines.jsonl', bugs: 53, site: 'engines', released: true },
])(
  '$file, released $released: each bug is one in two browsers and three builds, and alone',
  async ({ file, bugs, site, released }) => {
    const groups = await group(site, readCaptured({ file, released }));
    print(`${file} (${site})`, groups);
    expect(groups.size).toBe(bugs);
    expect([...groups].filter(([, ids]) => ids.size !== 1)).toEqual([]);
    expect(new Set([...groups.values()].flatMap((ids) => [...ids])).size).toBe(bugs);
  },
);

type Classic = {
  group: string;
  members: { browser: string; name: string | null; message: string; stack: string }[];
};

test('the classic bug is one in four old browsers; a stack with another message is another', async () => {
  const agents: [string, string][] = [
    ['CHROME', chrome],
    ['FIREFOX', firefox],
    ['SAFARI', safari],
    ['EDGE', edge],
  ];
  const reports = readRows<Classic>('grouping-classic.jsonl').flatMap(({ group, members }) =>
    members.map(({ browser, name, message, stack }) => ({
      // The second group repeats two members of the first: see the README beside the file.
      group: message === 'message string' ? 'nested-eval-speak' : group,
      userAgent: agents.find(([start]) => browser.startsWith(start))?.[1] ?? chrome,
      release: undefined,
      props: { errorType: name ?? undefined, message, stack },
    })),
  );
  const groups = await group('classic', reports);
  print('grouping-classic.jsonl', groups);
  expect([...groups].map(([name, ids]) => [name, ids.size])).toEqual(
    expect.arrayContaining([
      ['nested-eval-speak', 1],
      ['eval-getExceptionProps', 1],
    ]),
  );
  expect(await list('classic')).toHaveLength(2);
});

async function throwError(
  at: number,
  { message = 'broken', release = '1.0.0', session = newId(at), repeats = 0 } = {},
) {
  const stack = `Error: ${message}\n    at save (https://shop.example/app.js:1:1)`;
  const props = { errorType: 'Error', message, stack, repeats };
  nowMs = Math.max(nowMs, at);
  await sendVisit(collector, {
    session,
    release,
    visitor: session,
    events: [
      { at: at - 1_000, path: '/cart' },
      { at, type: 'error', path: '/cart', props },
    ],
  });
}

test('a bug is counted with its repeats, sessions, releases and times', async () => {
  const session = newId(noon);
  await throwError(noon, { session, repeats: 4 });
  await throwError(noon + 60_000, { session });
  await throwError(noon + 120_000, { release: '1.1.0' });
  expect(await list('demo')).toMatchObject([
    {
      message: 'broken',
      state: 'open',
      events: 3,
      occurrences: 7,
      sessions: 2,
      releases: ['1.0.0', '1.1.0'],
      browsers: ['Chrome'],
      first_seen: '2026-11-20T12:00:00.000Z',
      last_seen: '2026-11-20T12:02:00.000Z',
    },
  ]);
  const filters = [['is', 'event:release', ['1.1.0']]];
  expect(await list('demo', { filters })).toMatchObject([
    { events: 1, sessions: 1, first_seen: '2026-11-20T12:00:00.000Z' },
  ]);
  expect(await list('demo', { filters: [['is', 'visit:browser', ['Firefox']]] })).toEqual([]);
});

test('a resolved bug that comes back is regressed; an ignored one stays ignored', async () => {
  const [bug] = await list('demo');
  const setState = (state: string, key = client.owner) =>
    client.ask('PATCH', `errors/${bug?.id}`, { site: 'demo', state }, key);
  nowMs += 60_000;
  expect(await setState('resolved')).toMatchObject({ status: 200, body: { state: 'resolved' } });
  expect(await list('demo', { state: 'resolved' })).toHaveLength(1);
  expect(await list('demo', { state: 'open' })).toEqual([]);
  await throwError(nowMs + 1_000, { release: '2.0.0' });
  expect(await list('demo')).toMatchObject([{ state: 'regressed' }]);
  await setState('ignored');
  await throwError(nowMs + 1_000, { release: '2.1.0' });
  expect(await list('demo')).toMatchObject([{ state: 'ignored' }]);
  await setState('open');
  expect(await list('demo')).toMatchObject([{ state: 'open' }]);
  expect(await setState('resolved', client.analyst)).toMatchObject({ status: 403 });
  expect(await setState('closed')).toMatchObject({ status: 400, body: { error: { path: 'state' } } });
  expect(await client.ask('GET', 'errors/none', { site: 'demo' })).toMatchObject({ status: 404 });
});

// One line that two functions were minified into, with the map that a build tool would write.
const source = ['function addToCart(item) {', '  throw new Error(item);', '}', 'addToCart("x");', ''].join(
  '\n',
);
const map = {
  version: 3,
  sources: ['../src/cart.ts'],
  sourcesContent: [source],
  names: ['addToCart', 'item'],
  // 1:0 -> 1:0, 1:14 -> 2:2, 1:33 -> 4:0 addToCart
  mappings: 'AAAA,cACE,mBAEFA',
};

async function uploadByCommand(release: string, more: string[], env: Record<string, string>) {
  const dist = await mkdtemp(join(tmpdir(), 'footfall-maps-'));
  await mkdir(join(dist, 'assets'));
  await writeFile(join(dist, 'assets', 'cart.js.map'), JSON.stringify(map));
  const upload = ['sourcemaps', 'upload', dist, '--site', 'demo', '--release', release, '--json', ...more];
  const { code, stdout, stderr } = await runFootfall(upload, { env }).finished;
  await rm(dist, { recursive: true });
  return { code, stderr, answer: stdout === '' ? null : JSON.parse(stdout) };
}

test.each<[string, string, () => { more: string[]; env: Record<string, string> }]>([
  ['into the database', '3.0.0', () => ({ more: [], env: { DATABASE_URL: collector.url } })],
  ['over HTTP', '4.0.0', () => ({ more: ['--url', collector.origin], env: { FOOTFALL_KEY: client.owner } })],
])(
  'a stack is shown in the original lines of its release, once its source maps are uploaded %s',
  async (_, uploaded, how) => {
    const { more, env } = how();
    expect(await uploadByCommand(uploaded, more, env)).toMatchObject({
      code: 0,
      answer: { files: ['assets/cart.js'] },
    });
    const url = 'https://shop.example/static/assets/cart.js';
    for (const release of [uploaded, `${uploaded}1`]) {
      const props = {
        errorType: 'Error',
        message: `no item ${release}x`,
        stack: `t@${url}:1:15\n@${url}:1:34`,
      };
      await sendVisit(collector, { release, events: [{ at: nowMs, type: 'error', props }] });
    }
    const bugs = (await list('demo')).filter(({ message }) => message.startsWith('no item'));
    const shown = await Promise.all(bugs.map(({ id }) => show('demo', id)));
    const mapped = shown.find(({ releases }) => releases.includes(uploaded));
    expect(mapped?.frames).toMatchObject([
      { func: 'addToCart', source: '../src/cart.ts', line: 2, column: 3, text: 'throw new Error(item);' },
      { source: '../src/cart.ts', line: 4, column: 1, text: 'addToCart("x");' },
    ]);
  },
);

test('an upload over HTTP that is refused ends with the reason of the collector', async () => {
  const upload = (env: Record<string, string>, url = collector.origin) =>
    uploadByCommand('5.0.0', ['--url', url], env);
  expect(await upload({ FOOTFALL_KEY: client.analyst })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /assets\/cart\.js: 403 authorization: expected the role owner or admin, this key has analyst/,
    ),
  });
  expect(await upload({})).toMatchObject({ code: 2, stderr: expect.stringMatching(/^FOOTFALL_KEY: /m) });
  expect(await upload({ FOOTFALL_KEY: client.owner }, 'ftp://x')).toMatchObject({ code: 2 });
  expect(await upload({ FOOTFALL_KEY: client.owner }, 'http://127.0.0.1:9')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--url: cannot reach/),
  });
});

const whole = { site: 'demo', release: '1', file: 'app.js' };
test.each<
  [string, { query?: object; body?: string | Buffer; headers?: object; status: number; path?: string }]
>([
  ['no map', { body: '[]', status: 400, path: 'body' }],
  ['a map of another version', { body: '{"version":2}', status: 400, path: 'body' }],
  ['no JSON', { body: '{', status: 400, path: 'body' }],
  ['a path that leaves the folder', { query: { file: '../app.js' }, status: 400, path: 'file' }],
  ['a path from the root', { query: { file: '/app.js' }, status: 400, path: 'file' }],
  ['no release', { query: { release: '' }, status: 400, path: 'release' }],
  ['an unknown site', { query: { site: 'nowhere' }, status: 404, path: 'site' }],
  [
    'more than 64 MiB once inflated',
    { body: gzipSync(Buffer.alloc(65 << 20, ' ')), headers: { 'content-encoding': 'gzip' }, status: 413 },
  ],
  ['more than 16 MiB as sent', { body: Buffer.alloc(17 << 20, ' '), status: 413, path: 'body' }],
])('an upload of %s is refused with its place', async (_, { query, body, headers, status, path }) => {
  const search = new URLSearchParams({ ...whole, ...query });
  const response = await fetch(`${collector.origin}/api/v1/source-maps?${search}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.owner}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? JSON.stringify(map) : new Uint8Array(Buffer.from(body)),
  });
  const answer = (await response.json()) as { error: { path?: string } };
  expect({ status: response.status, path: answer.error.path }).toEqual({ status, path });
});

test.each([
  { what: 'no folder', args: ['/nowhere'], code: 2, says: /DIR: expected a folder/ },
  {
    what: 'a folder without maps',
    args: [join(process.cwd(), 'schema', 'src')],
    code: 1,
    says: /found none/,
  },
])('an upload of $what ends with a line that says so', async ({ args, code, says }) => {
  const command = ['sourcemaps', 'upload', ...args, '--site', 'demo', '--release', '1'];
  const finished = await runFootfall(command, { env: { DATABASE_URL: collector.url } }).finished;
  expect(finished.code).toBe(code);
  expect(finished.stderr).toMatch(says);
});
