import { addKey, generateKey } from '../src/access/keys.js';
import type { TestCollector } from './test-collector.js';

export type Answer = { status: number; headers: Headers; body: unknown };
type Asked = { body?: unknown; headers?: Record<string, string> };

/** Asks a collector as the dashboard does, or with a key. */
export type PeopleClient = {
  /** A key of an owner of all sites. */
  owner: Record<string, string>;
  ask(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** Adds a person by the key of an owner. @returns the id and the token for the password */
  invite(user: object): Promise<{ id: string; token: string }>;
  /** Adds a person, sets the password and signs in. @returns the id, and the headers of a request of the dashboard */
  enter(user: {
    email: string;
    role: string;
    sites?: string[];
  }): Promise<{ id: string; session: Record<string, string> }>;
  signIn(email: string, password?: string, headers?: Record<string, string>): Promise<Answer>;
};

export const password = 'correct horse battery';

export async function createPeopleClient({ origin, database }: TestCollector): Promise<PeopleClient> {
  const key = generateKey('owner');
  await addKey(database, { key, role: 'owner', name: 'the owner' });
  const owner = { authorization: `Bearer ${key}` };

  async function ask(method: string, path: string, { body, headers = {} }: Asked = {}): Promise<Answer> {
    const response = await fetch(`${origin}/api/v1/${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  async function invite(user: object): Promise<{ id: string; token: string }> {
    const { status, body } = await ask('POST', 'users', { body: user, headers: owner });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    const { user: added, passwordLink } = body as { user: { id: string }; passwordLink: { token: string } };
    return { id: added.id, token: passwordLink.token };
  }

  function signIn(email: string, given = password, headers: Record<string, string> = {}): Promise<Answer> {
    return ask('POST', 'login', { body: { email, password: given }, headers });
  }

  return {
    owner,
    ask,
    invite,
    signIn,
    async enter(user) {
      const { id, token } = await invite(user);
      await ask('POST', 'password', { body: { token, password } });
      return { id, session: sessionOf(await signIn(user.email), origin) };
    },
  };
}

/** The headers of a request that the dashboard sends after a login. */
export function sessionOf({ status, headers, body }: Answer, origin: string): Record<string, string> {
  const [cookie] = headers.getSetCookie();
  if (!cookie) throw new Error(`expected a cookie: ${status} ${JSON.stringify(body)}`);
  return { cookie: cookie.split(';')[0] ?? '', origin };
}
