import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startOidcProvider, type TestProvider } from '../oidc-provider.js';
import { createPeopleClient, type PeopleClient } from '../people-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const publicUrl = 'https://stats.example';
const redirectUri = `${publicUrl}/login/oidc/callback`;
const ann: Person = { sub: 'account-1', email: 'Ann@Shop.example', email_verified: true };

type Place = { collector: TestCollector; provider: TestProvider };

let place: Place;
let collector: TestCollector;
let client: PeopleClient;

beforeAll(async () => {
  place = await startPlace({ claimsInToken: false });
  ({ collector } = place);
  client = await createPeopleClient(collector);
  await client.invite({ email: 'ann@shop.example', role: 'analyst', sites: ['demo'] });
});
afterAll(async () => {
  await collector.stop();
  await place.provider.stop();
});

async function startPlace(options: { claimsInToken: boolean }): Promise<Place> {
  const provider = await startOidcProvider({ redirectUri, ...options });
  return {
    provider,
    collector: await startTestCollector({ publicUrl, oidc: { ...provider, name: 'Example' } }),
  };
}

type Step = { status: number; location: string };

/** A browser: follows one redirect at a time, and keeps cookies by origin. */
function openBrowser({ collector: { origin }, provider }: Place) {
  const jars = new Map<string, Map<string, string>>();

  async function get(url: string): Promise<Step> {
    // The proxy in front of the collector, which has the public name.
    const target = url.replace(publicUrl, origin);
    const jar = jars.get(new URL(target).origin) ?? new Map<string, string>();
    jars.set(new URL(target).origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(target, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { status: response.status, location: new URL(response.headers.get('location') ?? '', url).href };
  }

  /** From the sign-in page to where the provider sends the browser back. */
  async function visitProvider(person: Person | undefined): Promise<string> {
    provider.choose(person);
    let { location } = await get(`${publicUrl}/login/oidc`);
    while (location.startsWith(provider.issuer)) ({ location } = await get(location));
    return location;
  }

  return { get, visitProvider, cookies: () => jars.get(origin) ?? new Map<string, string>() };
}

async function signIn(person: Person | undefined, at = place) {
  const browser = openBrowser(at);
  const { location } = await browser.get(await browser.visitProvider(person));
  return { location, session: browser.cookies().get('__Host-footfall') };
}

test('the sign-in page is told of the provider', async () => {
  expect((await client.ask('GET', 'login/methods')).body).toMatchObject({ oidc: { name: 'Example' } });
});

test('the provider is asked with state, nonce and a challenge', async () => {
  const { status, location } = await openBrowser(place).get(`${publicUrl}/login/oidc`);
  expect(status).toBe(302);
  expect(location.startsWith(`${place.provider.issuer}/auth?`)).toBe(true);
  const asked = Object.fromEntries(new URL(location).searchParams);
  const random = expect.stringMatching(/^[\w-]{43}$/);
  expect(asked).toEqual({
    client_id: 'footfall',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    code_challenge_method: 'S256',
    code_challenge: random,
    state: random,
    nonce: random,
  });
});

test('a person whose verified address has an account is signed in, without a password', async () => {
  const { location, session } = await signIn(ann);
  expect(location).toBe(`${publicUrl}/dashboard`);
  const headers = { cookie: `__Host-footfall=${session}` };
  expect(await client.ask('GET', 'me', { headers })).toMatchObject({
    status: 200,
    body: { operator: { email: 'ann@shop.example', role: 'analyst', sites: ['demo'] } },
  });
  expect(
    await collector.query(`select target, detail from footfall.audit_log where action = 'login'`),
  ).toEqual([{ target: 'ann@shop.example', detail: { method: 'oidc' } }]);
});

test.each([
  {
    who: 'an address that is not verified',
    person: { ...ann, email_verified: false },
    problem: 'unverified',
  },
  {
    who: 'an address of which that is not said',
    person: { sub: 'account-1', email: 'ann@shop.example' },
    problem: 'unverified',
  },
  { who: 'no address', person: { sub: 'account-1' }, problem: 'unverified' },
  { who: 'an address that nobody has', person: { ...ann, email: 'eve@shop.example' }, problem: 'unknown' },
  { who: 'a person who refuses', person: undefined, problem: 'denied' },
])('$who is sent back with "$problem", and without a session', async ({ person, problem }) => {
  expect(await signIn(person)).toEqual({
    location: `${publicUrl}/dashboard#sign-in=${problem}`,
    session: undefined,
  });
  const people = await collector.query<{ email: string }>('select email from footfall.operators');
  expect(people).toEqual([{ email: 'ann@shop.example' }]);
});

test('an account that is disabled is sent back as one that is not there', async () => {
  await collector.query(`update footfall.operators set disabled_at = now()`);
  expect((await signIn(ann)).location).toBe(`${publicUrl}/dashboard#sign-in=unknown`);
  await collector.query(`update footfall.operators set disabled_at = null`);
});

const pendingName = '__Host-footfall-oidc';

function change(cookies: Map<string, string>, fields: object): void {
  const pending = JSON.parse(Buffer.from(cookies.get(pendingName) ?? '', 'base64url').toString());
  cookies.set(pendingName, Buffer.from(JSON.stringify({ ...pending, ...fields })).toString('base64url'));
}

type Browser = ReturnType<typeof openBrowser>;
const random = 'x'.repeat(43);

test.each([
  { what: 'another state', tamper: ({ cookies }: Browser) => change(cookies(), { state: random }) },
  { what: 'another nonce', tamper: ({ cookies }: Browser) => change(cookies(), { nonce: random }) },
  { what: 'another verifier', tamper: ({ cookies }: Browser) => change(cookies(), { verifier: random }) },
  { what: 'a sign-in that this browser did not begin', tamper: ({ cookies }: Browser) => cookies().clear() },
  {
    what: 'a cookie that is none of ours',
    tamper: ({ cookies }: Browser) => void cookies().set(pendingName, 'e30'),
  },
])('$what is rejected', async ({ tamper }) => {
  const browser = openBrowser(place);
  const back = await browser.visitProvider(ann);
  tamper(browser);
  expect((await browser.get(back)).location).toBe(`${publicUrl}/dashboard#sign-in=rejected`);
  expect([...browser.cookies().keys()]).toEqual([]);
});

test('a code counts once, and for what the browser began alone', async () => {
  const browser = openBrowser(place);
  const back = await browser.visitProvider(ann);
  const pending = browser.cookies().get(pendingName) ?? '';
  expect((await browser.get(back)).location).toBe(`${publicUrl}/dashboard`);
  expect((await browser.get(back)).location).toBe(`${publicUrl}/dashboard#sign-in=rejected`);
  browser.cookies().set(pendingName, pending);
  expect((await browser.get(back)).location).toBe(`${publicUrl}/dashboard#sign-in=rejected`);
});

test('the log names the reason, and neither code nor secret', () => {
  const log = collector.logged.join('\n');
  expect(log).toContain('oidc: ');
  expect(log).not.toMatch(/code=|the secret of the client|eyJ/);
});

test('a provider may put the address into the token; once it is gone, that is said', async () => {
  const other = await startPlace({ claimsInToken: true });
  await (await createPeopleClient(other.collector)).invite({ email: 'ann@shop.example', role: 'analyst' });
  expect((await signIn(ann, other)).location).toBe(`${publicUrl}/dashboard`);
  const browser = openBrowser(other);
  const back = await browser.visitProvider(ann);
  await other.provider.stop();
  expect((await browser.get(back)).location).toBe(`${publicUrl}/dashboard#sign-in=unavailable`);
  expect((await fetch(`${other.collector.origin}/healthz`)).status).toBe(200);
  await other.collector.stop();
});

test('a collector starts without its provider, which is asked for again at each sign-in', async () => {
  const away = await startPlace({ claimsInToken: true });
  await away.provider.stop();
  for (let go = 0; go < 2; go++)
    expect((await openBrowser(away).get(`${publicUrl}/login/oidc`)).location).toBe(
      `${publicUrl}/dashboard#sign-in=unavailable`,
    );
  const line = expect.stringMatching(/^oidc: /);
  expect(away.collector.logged).toEqual([line, line]);
  await away.collector.stop();
});
