import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Summary } from '../../src/imports/summary.js';
import { type Finished, runFootfall } from '../run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';

const log = fileURLToPath(new URL('../fixtures/access-log/semicomplete-2015.access.log.gz', import.meta.url));
const executable = fileURLToPath(new URL('../../bin/footfall.js', import.meta.url));
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/access-log/semicomplete-2015.reference.json', import.meta.url), 'utf8'),
);
const lines = gunzipSync(readFileSync(log)).toString().trimEnd().split('\n');

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'footfall-import-'));
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

function run(file: string, ...options: string[]): Promise<Finished> {
  return runFootfall(['import', 'access-log', file, ...options], { env: { DATABASE_URL: db.url } }).finished;
}

async function importJson(file: string, ...options: string[]): Promise<Summary> {
  const { code, stdout, stderr } = await run(file, ...options, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function write(name: string, content: string[]): Promise<string> {
  return writeText(name, `${content.join('\n')}\n`);
}

async function writeText(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function countEvents(site: string) {
  const [counts] = await db.query(
    `select count(*) as page_views,
       count(*) filter (where not is_bot) as human_page_views,
       count(distinct visitor_id) filter (where not is_bot) as human_visitors,
       (select count(*) from footfall.sessions where site = $1 and not is_bot) as human_sessions
     from footfall.events where site = $1 and type = 'pageview'`,
    [site],
  );
  return counts;
}

/** Everything about a site's sessions but their names and when they came, to compare two ways of importing the same lines. */
async function readSessions(site: string) {
  const sessions = await db.query('select * from footfall.sessions where site = $1 order by entry_event_id', [
    site,
  ]);
  return sessions.map(({ session_id: _, site: __, ...session }) => session);
}

async function forgetEvents(site: string): Promise<void> {
  await db.query('delete from footfall.sessions where site = $1', [site]);
  await db.query('delete from footfall.events where site = $1', [site]);
}

const { page_views, human_page_views, human_visitors, human_sessions } = reference;
const referenceCounts = { page_views, human_page_views, human_visitors, human_sessions };

test('by the reference rule the counts are those of an independent program', async () => {
  const summary = await importJson(log, '--site', 'reference', '--rule', 'reference');
  expect(summary).toMatchObject({
    siteCreated: true,
    lines: 10_000,
    unreadable: 1,
    unreadableLines: [{ line: 8899, problem: 'expected the end of a quoted field' }],
    pageviews: { total: page_views, people: human_page_views, imported: page_views, alreadyThere: 0 },
    people: { visitors: human_visitors, sessions: human_sessions },
    firstAt: new Date(reference.first).toISOString(),
    lastAt: new Date(reference.last).toISOString(),
    ownHosts: ['semicomplete.com'],
  });
  expect(await countEvents('reference')).toEqual(referenceCounts);
});

test('by the reference rule pages, days and referrers are those of an independent program', async () => {
  const pages = await db.query<{ path: string; views: number }>(
    `select path, count(*) as views from footfall.events where site = 'reference' and not is_bot
     group by path order by views desc limit 25`,
  );
  const topPages: [string, number][] = reference.top_human_pages;
  expect(sortPairs(pages.map(({ path, views }) => [path, views]))).toEqual(sortPairs(topPages));
  const days = await db.query<{ day: string; views: number }>(
    `select (occurred_at at time zone 'UTC')::date as day, count(*) as views
     from footfall.events where site = 'reference' and not is_bot group by day order by day`,
  );
  expect(Object.fromEntries(days.map(({ day, views }) => [day, views]))).toEqual(
    reference.human_page_views_per_day,
  );
  const hosts = await db.query<{ host: string; views: number }>(
    `select lower(substring(referrer from '^https?://([^/:?#]+)')) as host, count(*) as views
     from footfall.events where site = 'reference' and not is_bot and referrer_medium <> 'internal'
     group by 1`,
  );
  const views = new Map(hosts.map(({ host, views }) => [host, views]));
  const topHosts: [string, number][] = reference.top_external_referrer_hosts;
  expect(topHosts.map(([host]) => [host, views.get(host)])).toEqual(topHosts);
});

function sortPairs(pairs: [string, number][]): [string, number][] {
  return pairs.toSorted(([a, viewsOfA], [b, viewsOfB]) => viewsOfB - viewsOfA || (a < b ? -1 : 1));
}

test('a second run adds nothing, nor does a copy that is not packed', async () => {
  const before = await db.query(
    `select * from footfall.sessions where site = 'reference' order by session_id`,
  );
  for (const file of [log, await write('plain.log', lines)]) {
    const again = await importJson(file, '--site', 'reference', '--rule', 'reference');
    expect(again).toMatchObject({ siteCreated: false, pageviews: { imported: 0, alreadyThere: page_views } });
  }
  expect(await countEvents('reference')).toEqual(referenceCounts);
  expect(
    await db.query(`select * from footfall.sessions where site = 'reference' order by session_id`),
  ).toEqual(before);
});

test('in two files, the later one first and in gzip, the log gives the same', async () => {
  const whole = await readSessions('reference');
  await forgetEvents('reference');
  const later = join(folder, 'later.log.gz');
  await writeFile(later, gzipSync(lines.slice(5_000).join('\n')));
  await importJson(later, '--site', 'reference', '--rule', 'reference');
  const earlier = await write('earlier.log', lines.slice(0, 5_000));
  await importJson(earlier, '--site', 'reference', '--rule', 'reference');
  expect(await countEvents('reference')).toEqual(referenceCounts);
  expect(await readSessions('reference')).toEqual(whole);
});

test('a log that has grown adds its new lines', async () => {
  const whole = await readSessions('reference');
  await forgetEvents('reference');
  const early = await write('early.log', lines.slice(0, 7_000));
  const first = await importJson(early, '--site', 'reference', '--rule', 'reference');
  const second = await importJson(log, '--site', 'reference', '--rule', 'reference');
  expect(second.pageviews.alreadyThere).toBe(first.pageviews.imported);
  expect(await countEvents('reference')).toEqual(referenceCounts);
  expect(await readSessions('reference')).toEqual(whole);
});

// What the default rule leaves out beyond the reference: lines, and those of people among them.
const notPages: Record<string, [lines: number, people: number]> = {
  feed: [901, 5],
  'text .log': [24, 23],
  'text .conf': [14, 10],
  'asset .xsl': [13, 13],
  'text .c': [10, 0],
  'document .tex': [4, 0],
  'text .spec': [3, 0],
  'document .doc': [2, 2],
  'text .lua': [2, 0],
  'text .patch': [2, 0],
  'text .pyc': [2, 0],
  'text .rb': [2, 0],
  'data .pcap': [1, 0],
  'text .cpp': [1, 0],
  'text .diff': [1, 0],
  'text .java': [1, 0],
  'text .m4': [1, 0],
  'text .markdown': [1, 0],
  'text .mk': [1, 0],
  'text .vim': [1, 0],
  'text .xs': [1, 0],
};

test('the default rule differs from the reference by feeds and files that are no pages', async () => {
  const { pageviews, people, leftOut } = await importJson(log, '--site', 'default');
  const counts = Object.fromEntries(leftOut.map(({ reason, lines, people }) => [reason, [lines, people]]));
  expect(counts).toMatchObject(notPages);
  const sums = Object.values(notPages).reduce(([lines, people], [l, p]) => [lines + l, people + p], [0, 0]);
  expect(sums).toEqual([988, 53]);
  expect(pageviews).toMatchObject({
    total: page_views - 988,
    people: human_page_views - 53,
    imported: 2_880,
  });
  expect(people).toEqual({ visitors: 911, sessions: 1_042 });
});

test('the other rule adds the lines that the first left out, and leaves the others as they are', async () => {
  const added = await importJson(log, '--site', 'default', '--rule', 'reference');
  expect(added.pageviews).toMatchObject({ imported: 988, alreadyThere: 2_880 });
  expect(await countEvents('default')).toMatchObject({
    page_views,
    human_page_views,
  });
});

test('no address is stored', async () => {
  const addresses = new Set(lines.slice(0, 300).map((line) => line.split(' ', 1)[0]));
  const texts = await db.query<{ text: string }>(
    `select e::text as text from footfall.events e where site = 'reference'
     union all select s::text from footfall.sessions s where site = 'reference'`,
  );
  const fields = new Set(texts.flatMap(({ text }) => text.split(/[^\d.]+/)));
  expect([...addresses].filter((address) => address !== undefined && fields.has(address))).toEqual([]);
});

test('past months have one partition each, and nothing waits in the default one', async () => {
  const found = await db.query(
    `select tableoid::regclass::text as name, count(*) as events from footfall.events where site = 'reference' group by 1`,
  );
  expect(found).toEqual([{ name: 'footfall.events_201505', events: page_views }]);
});

test('unreadable lines are told with number and reason, ten of them, and the rest is imported', async () => {
  const bad = Array.from({ length: 12 }, () => '192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1');
  const file = await write('bad.log', [
    lines[2] ?? '',
    ...bad,
    'x'.repeat(70_000),
    '\0\ufffd',
    lines[19] ?? '',
  ]);
  const { code, stdout, stderr } = await run(file, '--site', 'bad');
  expect(code).toBe(0);
  expect(stderr.split('\n')).toEqual([
    'site bad created: timezone UTC, keeps everything',
    ...Array.from({ length: 10 }, (_, i) => `${file}:${i + 2}: expected the end of a quoted field`),
    '… and 4 more unreadable lines',
    '',
  ]);
  expect(stdout).toMatch(/^lines +16 {3}from 2015-05-17T10:05:/m);
  expect(stdout).toMatch(/^unreadable +14$/m);
});

test('a client that never pauses has sessions of 24 hours, whichever of its days is imported first', async () => {
  const day = (date: number) => Array.from({ length: 288 }, (_, i) => monitorLine(date, i));
  const files = [
    await write('17.log', day(17)),
    await write('18.log', day(18)),
    await write('19.log', day(19)),
  ];
  for (const file of files) await importJson(file, '--site', 'in-order');
  for (const file of files.toReversed()) await importJson(file, '--site', 'newest-first');
  const sessions = await readSessions('newest-first');
  expect(sessions.map(({ pageview_count }) => pageview_count)).toEqual([288, 288, 288]);
  const times = ({ started_at, ended_at }: Record<string, unknown>) => [started_at, ended_at];
  expect(sessions.map(times)).toEqual((await readSessions('in-order')).map(times));
});

// Every five minutes and some seconds later each day, so that a day's first request lies 24 hours and a second behind.
function monitorLine(date: number, index: number): string {
  const minutes = index * 5;
  const clock = [Math.floor(minutes / 60), minutes % 60, date]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `192.0.2.1 - - [${date}/May/2015:${clock} +0000] "GET / HTTP/1.1" 200 5 "-" "Monitor/1.0 (bot)"`;
}

test('standard input is a file like any other', async () => {
  const stdout = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [executable, 'import', 'access-log', '-', '--site', 'stdin', '--json'],
      { env: { ...process.env, DATABASE_URL: db.url } },
      (error, output) => (error ? reject(error) : resolve(output)),
    );
    child.stdin?.end(gzipSync(lines.slice(0, 100).join('\n')));
  });
  expect(JSON.parse(stdout)).toMatchObject({ file: '-', lines: 100, pageviews: { imported: 32 } });
});

test.each([
  ['no such file', () => join(folder, 'missing.log'), 'expected an access log, got no such file'],
  ['a directory', () => folder, 'expected an access log, got a directory'],
  ['an empty file', () => writeText('empty.log', ''), 'expected lines of an access log, got none'],
  [
    'another format',
    () => writeText('no.log', '{"remote_addr":"192.0.2.1"}\ntime,path\n'),
    'expected common or combined log format, not one of the first 2 lines is',
  ],
  [
    'a thousand lines of another format',
    () => writeText('long.log', '{}\n'.repeat(1_200)),
    'expected common or combined log format, not one of the first 1000 lines is',
  ],
  [
    'damaged gzip data',
    () => writeText('bad.log.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])),
    'expected an access log, got damaged gzip data (unexpected end of file)',
  ],
])('%s stops the import before its site is made', async (_, fileOf, reason) => {
  const file = await fileOf();
  const { code, stdout, stderr } = await run(file, '--site', 'none');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.split('\n').at(-2)).toBe(`${file}: ${reason}`);
  expect(await db.query(`select from footfall.sites where site = 'none'`)).toEqual([]);
});

test.each([
  [['x.log'], /^--site: expected the slug of a site; usage: /],
  [['x.log', '--site', 'shop', '--rule', 'other'], /^--rule: expected default or reference, got "other"\n$/],
  [['--site', 'shop'], /usage: footfall import access-log FILE/],
])('%j is wrong usage', async (args, message) => {
  const [first = '', ...rest] = args;
  expect(await run(first, ...rest)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('a site that deletes old events is said to do so', async () => {
  await db.query(`insert into footfall.sites (site, name, retention_days) values ('short', 'short', 30)`);
  const { stderr } = await run(await write('old.log', lines.slice(0, 10)), '--site', 'short');
  expect(stderr).toContain('site short keeps 30 days: what is older will be deleted again');
});
