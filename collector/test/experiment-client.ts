import { addKey, generateKey, type Role } from '../src/access/keys.js';
import type { TestCollector } from './test-collector.js';

export type Answer = {
  status: number;
  body: Record<string, never> & { error?: { path?: string } };
  headers: Headers;
};
// biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals
type Body = any;

export type ExperimentClient = {
  /** A request with a key of a role; `admin` unless told otherwise. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; role?: Role | 'none'; headers?: Record<string, string> },
  ): Promise<{ status: number; body: Body; headers: Headers }>;
  /** Creates an experiment of the demo site and starts it. */
  run(key: string, definition?: object): Promise<void>;
  assign(body: object): Promise<{ status: number; body: Body }>;
  keys: Record<'admin' | 'assign' | 'analyst' | 'ingest', string>;
};

const arms = [{ key: 'control' }, { key: 'treatment' }];

/** Talks to a collector as its clients do, with a key of each role that experiments know. */
export async function createExperimentClient(collector: TestCollector): Promise<ExperimentClient> {
  const roles = ['admin', 'assign', 'analyst', 'ingest'] as const;
  const entries = roles.map((role) => [role, generateKey(role)] as const);
  for (const [role, key] of entries)
    await addKey(collector.database, { key, role, name: `test ${role}`, sites: ['demo'] });
  const keys = Object.fromEntries(entries) as ExperimentClient['keys'];

  const call: ExperimentClient['call'] = async (
    method,
    path,
    { body, role = 'admin', headers = {} } = {},
  ) => {
    const key = keys[role as keyof typeof keys];
    const response = await fetch(collector.origin + path, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      headers: response.headers,
    };
  };

  async function run(key: string, definition: object = {}): Promise<void> {
    const created = await call('POST', '/api/v1/experiments', {
      body: { site: 'demo', key, variations: arms, ...definition },
    });
    const started = await call('POST', `/api/v1/experiments/${key}/start?site=demo`);
    if (created.status !== 201 || started.status !== 200)
      throw new Error(`${JSON.stringify(created.body)} ${JSON.stringify(started.body)}`);
  }

  const assign: ExperimentClient['assign'] = (body) =>
    call('POST', '/v1/assign', { body: { site: 'demo', ...body }, role: 'assign' });

  return { call, run, assign, keys };
}
