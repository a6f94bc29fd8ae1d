import { expect, test } from 'vitest';
import { prepareCollector } from '../faults/collector-process.js';
import { startDatabaseProxy } from '../faults/database-proxy.js';
import { createTestDatabase, newId } from '../test-collector.js';

const isLine = {
  time: expect.stringMatching(/^\d{4}-.*Z$/),
  level: expect.stringMatching(/^(info|error)$/),
  message: expect.any(String),
};

test('the log is a line of JSON each, and holds neither bodies nor addresses nor keys', async () => {
  const db = await createTestDatabase();
  const proxy = await startDatabaseProxy(() => db.url);
  const collector = await prepareCollector({
    DATABASE_URL: proxy.url(),
    FOOTFALL_LOG_FORMAT: 'json',
    FOOTFALL_TRUSTED_PROXIES: '127.0.0.1',
  });
  await collector.start();
  const secrets = ['Adas secret title', '203.0.113.77', 'ff_owner_wrong'];
  const ask = (path: string, init: RequestInit) =>
    fetch(`${collector.origin}${path}`, {
      ...init,
      headers: { ...init.headers, 'x-forwarded-for': '203.0.113.77' },
    });
  const event = { id: newId(), type: 'pageview', ts: Date.now(), title: 'Adas secret title' };
  const body = JSON.stringify({ sentAt: Date.now(), events: [event, { ...event, type: 'nonsense' }] });
  await ask('/v1/events?site=demo', { method: 'POST', body });
  await ask('/v1/events?site=demo', { method: 'POST', body: `${body}{` });
  await ask('/api/v1/overview?site=demo', { headers: { authorization: 'Bearer ff_owner_wrong' } });
  proxy.cut();
  await ask('/v1/events?site=demo', { method: 'POST', body });
  await ask('/api/v1/overview?site=demo', { headers: { authorization: 'Bearer ff_owner_wrong' } });
  const { stderr } = await collector.terminate();
  await proxy.close();
  await db.drop();
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toEqual(isLine);
  expect(lines).toContainEqual({
    ...isLine,
    level: 'error',
    message: expect.stringContaining('database: lost'),
  });
  for (const secret of secrets) expect(stderr).not.toContain(secret);
});
