import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';
import { chrome, createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  db = await createTestDatabase();
  env = { DATABASE_URL: db.url, PORT: '0' };
});
afterAll(() => db.drop());

// Before the first start that comes through: it must still have the key to show.
test('a port in use is one line and exit 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await runFootfall(['start'], { env: { ...env, PORT: String(port) } }).finished;
  taken.close();
  expect(code).toBe(1);
  expect(stderr).toBe(
    `PORT: expected a free port, but ${port} on 127.0.0.1 is in use; set PORT to another\n`,
  );
});

test('the first start makes the demo site and prints the admin key, the second does not; SIGTERM stops cleanly', async () => {
  const first = runFootfall(['start', '--demo', 'examples/script-tag'], { env });
  const [, url] = await first.until(/collector {2}(http:\S+)\/v1\/events\?site=demo/);
  const [, key] = await first.until(/admin key {2}(ff_owner_[0-9a-f]{70})/);
  await first.until(/^ready/m);
  const event = { id: newId(), type: 'pageview', ts: Date.now(), url: 'http://a.example/' };
  await fetch(`${url}/v1/events?site=demo`, {
    method: 'POST',
    headers: { 'user-agent': chrome },
    body: JSON.stringify({ sentAt: Date.now(), events: [event] }),
  });
  first.process.kill('SIGTERM');
  expect(await first.finished).toMatchObject({ code: 0, signal: null });

  const second = runFootfall(['start'], { env });
  const [, again] = await second.until(/dashboard {2}(http:\S+)\/dashboard/);
  await second.until(/^ready/m);
  const response = await fetch(`${again}/api/v1/overview?site=demo`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(await response.json()).toMatchObject({ pageviews: 1 });
  second.process.kill('SIGINT');
  const { code, stdout } = await second.finished;
  expect(code).toBe(0);
  expect(stdout).not.toContain('admin key');
});

/** The file that the dashboard begins with; its name has its hash. */
async function findScript(url = ''): Promise<string> {
  const page = await (await fetch(`${url}/dashboard`)).text();
  return /<script type="module" src="([^"]+)"/.exec(page)?.[1] ?? 'no script';
}

test('the collector serves SDK, demo pages and dashboard, and nothing outside their folders', async () => {
  const running = runFootfall(['start', '--demo', 'examples/script-tag'], { env });
  const [, url] = await running.until(/dashboard {2}(http:\S+)\/dashboard/);
  await running.until(/^ready/m);
  const get = async (path: string) => (await fetch(url + path)).status;
  expect(
    await Promise.all(
      ['/sdk.js', '/vitals.js', '/demo/', '/dashboard', await findScript(url), '/healthz'].map(get),
    ),
  ).toEqual([200, 200, 200, 200, 200, 200]);
  expect(
    await Promise.all(
      ['/demo/../package.json', '/demo/%2e%2e/package.json', '/demo/..%2fpackage.json', '/nope'].map(get),
    ),
  ).toEqual([404, 404, 404, 404]);
  const script = await fetch(`${url}/sdk.js`);
  const etag = script.headers.get('etag') ?? '';
  expect((await fetch(`${url}/sdk.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(`${url}/sdk-${etag.replaceAll('"', '')}.js`)).headers.get('cache-control')).toContain(
    'immutable',
  );
  running.process.kill('SIGTERM');
  await running.finished;
});

test.each([
  { name: 'PORT', value: 'http', expected: 'PORT: expected an integer from 0 to 65535, got "http"' },
  { name: 'PORT', value: '70000', expected: 'PORT: expected an integer from 0 to 65535, got "70000"' },
  {
    name: 'DATABASE_URL',
    value: 'mysql://u:secret@h/d',
    expected: 'DATABASE_URL: expected postgres://user:password@host:port/database, got "mysql://u:***@h/d"',
  },
  {
    name: 'FOOTFALL_TRUSTED_PROXIES',
    value: '10.0.0.0/40',
    expected:
      'FOOTFALL_TRUSTED_PROXIES: expected addresses or networks like 10.0.0.0/8, separated by commas, got "10.0.0.0/40"',
  },
  {
    name: 'FOOTFALL_ADMIN_KEY',
    value: 'short',
    expected: 'FOOTFALL_ADMIN_KEY: expected 32 to 256 printable characters, no spaces, got "5 characters"',
  },
  {
    name: 'FOOTFALL_PUBLIC_URL',
    value: 'stats',
    expected: 'FOOTFALL_PUBLIC_URL: expected an http(s) URL, got "stats"',
  },
  {
    name: 'FOOTFALL_RETENTION_DAYS',
    value: '0',
    expected: 'FOOTFALL_RETENTION_DAYS: expected an integer from 1 to 36500, got "0"',
  },
  {
    name: 'FOOTFALL_SPOOL_MAX_BYTES',
    value: '1GB',
    expected: 'FOOTFALL_SPOOL_MAX_BYTES: expected an integer from 65536 to 1125899906842624, got "1GB"',
  },
  {
    name: 'FOOTFALL_MIN_FREE_BYTES',
    value: '-1',
    expected: 'FOOTFALL_MIN_FREE_BYTES: expected an integer from 0 to 1125899906842624, got "-1"',
  },
  {
    name: 'FOOTFALL_RATE_LIMIT_ADDRESS',
    value: 'many',
    expected: 'FOOTFALL_RATE_LIMIT_ADDRESS: expected an integer from 0 to 2147483648, got "many"',
  },
  {
    name: 'FOOTFALL_OIDC_ISSUER',
    value: 'http://login.example',
    expected:
      'FOOTFALL_OIDC_ISSUER: expected an https URL, or http on this machine, got "http://login.example"',
  },
  {
    name: 'FOOTFALL_OIDC_CLIENT_SECRET',
    value: 'never shown',
    expected: 'FOOTFALL_OIDC_ISSUER: expected an https URL, or http on this machine, got ""',
  },
  {
    name: 'FOOTFALL_LOG_FORMAT',
    value: 'xml',
    expected: 'FOOTFALL_LOG_FORMAT: expected text or json, got "xml"',
  },
])('$name=$value is one line and exit 2', async ({ name, value, expected }) => {
  const { code, stderr } = await runFootfall(['start'], { env: { ...env, [name]: value } }).finished;
  expect({ code, stderr }).toEqual({ code: 2, stderr: `${expected}\n` });
});

const issuer = { FOOTFALL_OIDC_ISSUER: 'https://login.example', FOOTFALL_OIDC_CLIENT_ID: 'footfall' };
const settings = { ...issuer, FOOTFALL_OIDC_CLIENT_SECRET: 'never shown' };

test.each([
  {
    missing: 'secret',
    given: issuer,
    expected: 'FOOTFALL_OIDC_CLIENT_SECRET: expected the secret that the provider gave, got ""',
  },
  {
    missing: 'public address',
    given: settings,
    expected:
      'FOOTFALL_PUBLIC_URL: expected an https URL, or http on this machine, with FOOTFALL_OIDC_ISSUER, got ""',
  },
  {
    missing: 'encryption',
    given: { ...settings, FOOTFALL_PUBLIC_URL: 'http://stats.example' },
    expected:
      'FOOTFALL_PUBLIC_URL: expected an https URL, or http on this machine, with FOOTFALL_OIDC_ISSUER, got "http://stats.example"',
  },
])('an OpenID provider without $missing is one line and exit 2', async ({ given, expected }) => {
  const { code, stderr } = await runFootfall(['start'], { env: { ...env, ...given } }).finished;
  expect({ code, stderr }).toEqual({ code: 2, stderr: `${expected}\n` });
});

test('a geography file that is none is one line and exit 2', async () => {
  const { code, stderr } = await runFootfall(['start'], { env: { ...env, FOOTFALL_GEO_DB: 'package.json' } })
    .finished;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^FOOTFALL_GEO_DB: expected .*package\.json.*\n$/);
});

test('a spool that is no directory is one line and exit 1', async () => {
  const { code, stderr } = await runFootfall(['start'], {
    env: { ...env, FOOTFALL_SPOOL_DIR: 'package.json' },
  }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^FOOTFALL_SPOOL_DIR "package.json": expected a directory of one's own, EEXIST.*\n$/,
  );
});

test('a database that is down is one line without the password, and exit 1', async () => {
  const { code, stderr } = await runFootfall(['start'], {
    env: { ...env, DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' },
  }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^DATABASE_URL: expected a PostgreSQL server at postgres:\/\/u:\*\*\*@127\.0\.0\.1:1\/x, got: .*ECONNREFUSED.*\n$/,
  );
});

test.each([
  { args: ['strat'], stderr: 'footfall: expected a command, got "strat"; see footfall --help\n' },
  { args: ['site', 'add'], stderr: /^footfall: expected 1 argument, got 0; usage: footfall site add SLUG/ },
  { args: ['start', '--port', '1'], stderr: /^footfall: Unknown option '--port'.*usage: footfall start/ },
  {
    args: ['key', 'create', '--role', 'king'],
    stderr: '--role: expected one of owner, admin, analyst, assign, ingest, got "king"\n',
  },
])('footfall $args is wrong usage: exit 2', async ({ args, stderr }) => {
  const finished = await runFootfall(args, { env }).finished;
  expect(finished.code).toBe(2);
  expect(finished.stderr).toMatch(stderr);
});

test.each([
  {
    args: ['key'],
    code: 2,
    stderr: /^footfall: expected a command, got "key"; usage:\n {2}footfall key create/,
  },
  { args: ['--bogus'], code: 2, stderr: /got "--bogus"; see footfall --help\n$/ },
  { args: ['--version'], code: 0, stdout: /^footfall \d+\.\d+\.\d+\n$/ },
  { args: ['-h'], code: 0, stdout: /^usage:\n {2}footfall start/ },
  { args: ['key', 'rotate', '--help'], code: 0, stdout: /^usage:\n {2}footfall key rotate KEY_ID/ },
  { args: ['help', 'key'], code: 0, stdout: /key create[\s\S]*key revoke/ },
  {
    args: ['backup', '/nonexistent/a.tgz'],
    code: 1,
    stderr: '/nonexistent/a.tgz.part: no such file or directory\n',
  },
  { args: ['key', 'create', '--role', 'analyst', '--site', 'nowhere'], code: 1, stderr: /no site "nowhere"/ },
  {
    args: ['key', 'create', '--role', 'analyst', '--expires', '2020-01-01'],
    code: 2,
    stderr: /a time to come/,
  },
  {
    args: ['key', 'create', '--role', 'analyst', '--expires', 'soon'],
    code: 2,
    stderr: /^--expires: .*"soon"/,
  },
  { args: ['key', 'rotate', 'nothing'], code: 1, stderr: 'id: there is no key "nothing" in force\n' },
  { args: ['bots', 'list', '--site', 'nowhere'], code: 1, stderr: /no site "nowhere"/ },
  { args: ['experiment', 'list', '--site', 'nowhere'], code: 1, stderr: /no site "nowhere"/ },
  { args: ['replay', '--site', 'nowhere'], code: 1, stderr: /no site "nowhere"/ },
])('footfall $args ends with $code and one answer', async ({ args, code, stdout = '', stderr = '' }) => {
  const finished = await runFootfall(args, { env }).finished;
  expect(finished.code).toBe(code);
  expect(finished.stdout).toMatch(stdout);
  if (stderr) expect(finished.stderr).toMatch(stderr);
  else expect(finished.stderr).toBe('');
});

test('whoever reads the output may stop before its end', async () => {
  const running = runFootfall(['site', 'list'], { env });
  running.process.stdout?.destroy();
  expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
});

test('sites and keys are made, listed and revoked by command', async () => {
  const site = await runFootfall(['site', 'add', 'shop', '--origin', 'https://shop.example', '--json'], {
    env,
  }).finished;
  expect(JSON.parse(site.stdout)).toEqual({ site: 'shop', siteKey: expect.stringMatching(/^[\w-]{16}$/) });
  const twice = await runFootfall(['site', 'add', 'shop'], { env }).finished;
  expect({ code: twice.code, stderr: twice.stderr }).toEqual({
    code: 1,
    stderr: 'site: "shop" is there already; expected a new slug\n',
  });
  const create = [
    'key',
    'create',
    '--role',
    'analyst',
    '--site',
    'shop',
    '--expires',
    '2099-01-31',
    '--json',
  ];
  const made = JSON.parse((await runFootfall(create, { env }).finished).stdout);
  const analyst = {
    key: expect.stringMatching(/^ff_analyst_[0-9a-f]{70}$/),
    role: 'analyst',
    sites: ['shop'],
  };
  expect(made).toMatchObject({ ...analyst, expiresAt: '2099-01-31T00:00:00.000Z' });
  const rotate = ['key', 'rotate', made.keyId, '--overlap', '0', '--json'];
  const rotated = JSON.parse((await runFootfall(rotate, { env }).finished).stdout);
  expect(rotated).toMatchObject({ ...analyst, expiresAt: '2099-01-31T00:00:00.000Z' });
  expect(rotated.keyId).not.toBe(made.keyId);
  const listed = JSON.parse((await runFootfall(['key', 'list', '--json'], { env }).finished).stdout);
  const { keyId } = rotated;
  expect(listed).toMatchObject([{}, { keyId: made.keyId, revokedAt: expect.any(String) }, { keyId }]);
  expect((await runFootfall(['key', 'revoke', keyId], { env }).finished).stdout).toBe(
    `key ${keyId} is revoked\n`,
  );
  expect((await runFootfall(['key', 'revoke', keyId], { env }).finished).code).toBe(1);
  expect(JSON.parse((await runFootfall(['site', 'list', '--json'], { env }).finished).stdout)).toMatchObject([
    { site: 'demo', siteKeys: ['demo'] },
    { site: 'shop' },
  ]);
});
