import { addKey, generateKey, type Role } from '../src/access/keys.js';
import type { TestCollector } from './test-collector.js';

export type QueryRow = {
  site_id?: string;
  dimensions: (string | null)[];
  metrics: unknown[];
  comparison?: { dimensions: (string | null)[]; metrics: unknown[]; change: (number | null)[] };
};
export type QueryAnswer = {
  status: number;
  body: {
    results: QueryRow[];
    meta: Record<string, unknown>;
    query: Record<string, unknown>;
    error?: { code: string; message: string; path?: string; expected?: string; hint?: string };
  };
};

/** Makes a key of a role, of all sites unless some are named. */
export async function makeKey(
  { database }: Pick<TestCollector, 'database'>,
  role: Role,
  sites: string[] | null = null,
  name = 'test',
): Promise<string> {
  const key = generateKey(role);
  await addKey(database, { key, role, name, sites });
  return key;
}

/** Sends the body of a query, as JSON unless it is text already. */
export async function postQuery(
  { origin }: TestCollector,
  body: unknown,
  { key, accept = 'application/json' }: { key: string; accept?: string },
): Promise<Response> {
  return fetch(`${origin}/api/v2/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The status and the JSON of an answer. */
export async function askQuery(collector: TestCollector, body: unknown, key: string): Promise<QueryAnswer> {
  const response = await postQuery(collector, body, { key });
  return { status: response.status, body: (await response.json()) as QueryAnswer['body'] };
}
