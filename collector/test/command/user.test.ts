import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  db = await createTestDatabase();
  env = { DATABASE_URL: db.url, PORT: '0', FOOTFALL_PUBLIC_URL: 'http://127.0.0.1:8787' };
});
afterAll(() => db.drop());

const run = (...args: string[]) => runFootfall(args, { env }).finished;

test('the first owner is made by command, sets the password by the link, and signs in', async () => {
  const { stdout } = await run('user', 'add', 'Boss@shop.example', '--role', 'owner', '--name', 'The Boss');
  expect(stdout).toMatch(/^boss@shop\.example sets the password, once and until 20\S+Z, at\n/);
  const [, token] = /^http:\/\/127\.0\.0\.1:8787\/dashboard#password=([\w-]{43})$/m.exec(stdout) ?? [];
  const running = runFootfall(['start'], { env: { ...env, FOOTFALL_PUBLIC_URL: '' } });
  const [, url] = await running.until(/dashboard {2}(http:\S+)\/dashboard/);
  await running.until(/^ready/m);
  const post = (path: string, body: object) =>
    fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const password = 'correct horse battery';
  expect((await post('password', { token, password })).status).toBe(200);
  const login = await post('login', { email: 'boss@shop.example', password });
  expect(await login.json()).toEqual({
    operator: { email: 'boss@shop.example', name: 'The Boss', role: 'owner', sites: 'all' },
  });
  running.process.kill('SIGTERM');
  const { stdout: out, stderr } = await running.finished;
  expect(out + stderr).not.toMatch(/correct horse|shop\.example/);
});

test('people are listed, reset and disabled by command; the last owner stays', async () => {
  const added = await run('user', 'add', 'ann@shop.example', '--role', 'analyst', '--json');
  expect(JSON.parse(added.stdout)).toMatchObject({
    user: { email: 'ann@shop.example', role: 'analyst', sites: 'all', state: 'invited' },
    passwordLink: { url: expect.stringMatching(/#password=/), token: expect.any(String) },
  });
  expect((await run('user', 'reset', 'ANN@shop.example')).stdout).toMatch(/#password=[\w-]{43}$/m);
  expect((await run('user', 'disable', 'ann@shop.example')).stdout).toBe(
    'user ann@shop.example is disabled\n',
  );
  expect((await run('user', 'list')).stdout).toBe(
    'ann@shop.example\tann@shop.example\tanalyst\tall sites\tdisabled\nboss@shop.example\tThe Boss\towner\tall sites\tactive\n',
  );
  const last = await run('user', 'disable', 'boss@shop.example');
  expect(last).toMatchObject({
    code: 1,
    stderr: 'id: this is the last owner who can log in (make another owner first)\n',
  });
  expect(
    await db.query('select distinct actor from footfall.audit_log where action <> $1', ['login']),
  ).toContainEqual({
    actor: 'command line',
  });
});

test.each([
  { args: ['add', 'ann', '--role', 'owner'], code: 2, stderr: 'email: expected an e-mail address\n' },
  { args: ['add', 'a@b.example'], code: 2, stderr: 'role: expected one of owner, admin, analyst\n' },
  {
    args: ['add', 'a@b.example', '--role', 'admin', '--site', 'nowhere'],
    code: 1,
    stderr: 'sites: there is no site "nowhere"\n',
  },
  {
    args: ['reset', 'eve@b.example'],
    code: 1,
    stderr: 'email: there is no user "eve@b.example"; see footfall user list\n',
  },
])('footfall user $args is one line and exit $code', async ({ args, code, stderr }) => {
  expect(await run('user', ...args)).toMatchObject({ code, stderr });
});
