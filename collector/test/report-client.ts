import { addKey, generateKey } from '../src/access/keys.js';
import { chrome, newId, type TestCollector } from './test-collector.js';

export type Answer = { status: number; body: Record<string, unknown> };

/** Asks a collector for reports, as an analyst unless another key is given. */
export type ReportClient = {
  owner: string;
  analyst: string;
  get<Body = Record<string, unknown>>(path: string, query: Record<string, unknown>): Promise<Body>;
  ask(method: string, path: string, input: object, key?: string): Promise<Answer>;
};

export async function createReportClient({ origin, database }: TestCollector): Promise<ReportClient> {
  const [owner, analyst] = [generateKey('owner'), generateKey('analyst')];
  await addKey(database, { key: owner, role: 'owner', name: 'owner' });
  await addKey(database, { key: analyst, role: 'analyst', name: 'analyst', sites: ['demo'] });

  async function ask(method: string, path: string, input: object, key = analyst): Promise<Answer> {
    const inQuery = method === 'GET' || method === 'DELETE';
    const url = `${origin}/api/v1/${path}${inQuery ? `?${toQuery(input)}` : ''}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(!inQuery && { body: JSON.stringify(input) }),
    });
    return { status: response.status, body: response.status === 204 ? {} : await response.json() };
  }

  return {
    owner,
    analyst,
    ask,
    async get<Body>(path: string, query: Record<string, unknown>) {
      const { status, body } = await ask('GET', path, { site: 'demo', ...query });
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body as Body;
    },
  };
}

function toQuery(input: object): URLSearchParams {
  const entries = Object.entries(input).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return new URLSearchParams(entries);
}

export type SentEvent = { at: number; type?: string; path?: string; [field: string]: unknown };

export type Visit = {
  visitor?: string;
  session?: string;
  userAgent?: string;
  release?: string | undefined;
  site?: string;
  events: SentEvent[];
};

/** Sends the events of one visitor and session, each with an id of its time. Without sentAt no clock is corrected. */
export async function sendVisit(
  collector: TestCollector,
  { visitor, session, userAgent = chrome, release, site = 'demo', events }: Visit,
): Promise<void> {
  const { status, body } = await collector.send(
    {
      ...(visitor !== undefined && { visitor: { id: visitor } }),
      ...(session !== undefined && { session: { id: session } }),
      ...(release !== undefined && { context: { release } }),
      events: events.map(({ at, type = 'pageview', path, ...fields }) => ({
        id: newId(at),
        type,
        ts: at,
        ...(path !== undefined && { url: `https://shop.example${path}` }),
        ...fields,
      })),
    },
    { site, headers: { 'user-agent': userAgent } },
  );
  const { rejected } = body as { rejected: unknown[] };
  if (status !== 200 || rejected.length > 0) throw new Error(`${status} ${JSON.stringify(body)}`);
}
