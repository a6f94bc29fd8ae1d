import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { createNetworks } from '../../src/access/networks.js';
import { addSite } from '../../src/access/sites.js';
import { evaluateAlerts } from '../../src/alerts/evaluate-alerts.js';
import { type Database, openDatabase } from '../../src/db/database.js';
import { sendDueReports } from '../../src/mail-reports/send-due.js';
import { deliverNotifications } from '../../src/notifications/deliver.js';
import { sendWebhook } from '../../src/notifications/send-webhook.js';
import { rollUp } from '../../src/rollups/roll-up.js';
import { type HookReceiver, type MailReceiver, startHookReceiver, startMailReceiver } from '../receivers.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
// A Thursday, far from midnight everywhere that matters here.
const start = Date.parse('2026-11-19T12:07:00Z');
const clock = { now: start };

const keys = { admin: generateKey('admin'), analyst: generateKey('analyst'), ingest: generateKey('ingest') };
const elsewhere = generateKey('admin');
const loopback = createNetworks(['127.0.0.0/8']);

let hooks: HookReceiver;
let mail: MailReceiver;
let collector: TestCollector;
let pair: [Database, Database];

beforeAll(async () => {
  [hooks, mail] = await Promise.all([startHookReceiver(), startMailReceiver()]);
  collector = await startTestCollector({
    now: () => clock.now,
    keepsJobs: false,
    smtpUrl: mail.url,
    mailFrom: 'Footfall <footfall@shop.example>',
    webhookNetworks: loopback,
  });
  const { database, url } = collector;
  for (const [role, key] of Object.entries(keys))
    await addKey(database, { key, role: role as keyof typeof keys, name: `the ${role}` });
  await addKey(database, { key: elsewhere, role: 'admin', name: 'elsewhere', sites: ['other'] });
  for (const site of ['spike', 'drop', 'errors', 'silence', 'ratio', 'hooks', 'mails'])
    await addSite(database, { site, siteKey: site, retentionDays: null, timezone: 'Europe/Berlin' });
  await collector.query(`update footfall.sites set created_at = '2026-01-01'`);
  pair = [database, openDatabase({ url, maxConnections: 2, log: () => {} })];
});
afterAll(async () => {
  await pair[1].end();
  await collector.stop();
  await Promise.all([hooks.stop(), mail.stop()]);
});
beforeEach(() => {
  clock.now = start;
  mail.mails.length = 0;
});

const log = (line: string) => void collector.logged.push(line);

/** The jobs of two collectors at the same time. */
async function runJobs(now: number): Promise<void> {
  clock.now = now;
  await rollUp(pair[0]);
  await Promise.all(pair.map((database) => evaluateAlerts(database, now, log)));
  await deliver(now);
}

async function deliver(now: number, which: readonly Database[] = pair): Promise<void> {
  const settings = { smtpUrl: mail.url, mailFrom: 'footfall@shop.example', webhookNetworks: loopback };
  await Promise.all(which.map((database) => deliverNotifications(database, now, log, settings)));
}

// biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals
type Body = any;

async function call(method: string, path: string, body?: unknown, key = keys.admin) {
  const response = await fetch(`${collector.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

async function addAlert(site: string, rule: object, more: object = {}) {
  const { status, body } = await call('POST', '/alerts', { site, name: `${site} rule`, rule, ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

async function incidentsOf({ site, id }: { site: string; id: string }): Promise<Body[]> {
  const { body } = await call('GET', `/alerts/${id}/incidents?site=${site}`, undefined, keys.analyst);
  return body.incidents;
}

type Sent = { type?: string; at: number; props?: object };

/** Sends events of any age as a server does. */
async function sendEvents(site: string, events: Sent[]): Promise<void> {
  const wire = events.map(({ at, type = 'pageview', props }) => ({
    id: newId(at),
    type,
    ts: at,
    url: 'https://a.example/<script>alert(1)</script>',
    ...(props && { props }),
  }));
  const body = { sentAt: clock.now, visitor: { id: 'v' }, events: wire };
  const answer = await collector.send(body, { site, headers: { authorization: `Bearer ${keys.ingest}` } });
  expect(answer).toMatchObject({ status: 200, body: { accepted: events.length } });
}

const times = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, at) => make(at));

// The window is 12:00 to 13:00 in Berlin; four weeks ago that was an hour earlier by UTC.
const inWindow = Date.parse('2026-11-19T11:30:00Z');
const weeksBefore = [
  inWindow - 7 * dayMs,
  inWindow - 14 * dayMs,
  inWindow - 21 * dayMs,
  inWindow - 28 * dayMs - hourMs,
];
const beforeAll4Weeks = inWindow - 29 * dayMs;

/** So many pageviews in the window, and in the same hours of the weeks before. */
function sendWeeks(site: string, now: number, before: number): Promise<void> {
  const past = weeksBefore.flatMap((at) => times(before, (index) => ({ at: at + index * 1_000 })));
  const current = times(now, (index) => ({ at: inWindow + index * 1_000 }));
  return sendEvents(site, [{ at: beforeAll4Weeks }, ...past, ...current]);
}

describe('rules', () => {
  test('a spike fires once over two collectors, is signed, is resolved, and then rests', async () => {
    const target = `${hooks.origin}/spike`;
    const receivers = { webhook: { url: target }, emails: ['ann@a.example', 'bob@a.example'] };
    const alert = await addAlert('spike', { kind: 'traffic_spike' }, { ...receivers, cooldownMinutes: 120 });
    await sendWeeks('spike', 121, 60);

    await runJobs(start);
    await runJobs(start + 2 * minuteMs);

    const [hook, ...more] = hooks.take('/spike');
    expect(more).toEqual([]);
    const { 'footfall-signature': signature = '', 'footfall-event': event } = hook?.headers ?? {};
    const [, seconds, hex] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(signature)) ?? [];
    const hmac = createHmac('sha256', alert.webhook.secret).update(`${seconds}.${hook?.body}`).digest('hex');
    expect({ event, seconds, hex }).toEqual({
      event: 'alert.firing',
      seconds: String(start / 1_000),
      hex: hmac,
    });
    const finding = { observed: 121, expected: 60, deviations: expect.closeTo(61 / Math.sqrt(75), 6) };
    expect(JSON.parse(hook?.body ?? '')).toMatchObject({
      event: 'alert.firing',
      site: 'spike',
      alert: { id: alert.id, name: 'spike rule' },
      incident: { subject: 'spike', startedAt: new Date(start).toISOString(), ...finding },
    });
    expect(mail.mails.map(({ to }) => to).sort()).toEqual([['ann@a.example'], ['bob@a.example']]);
    expect(mail.mails[0]).toMatchObject({ from: 'footfall@shop.example' });
    expect(mail.mails[0]?.source).toContain('Subject: [firing] spike rule: spike');
    expect(mail.mails[0]?.source).toContain('121 pageviews from');

    // An hour later the window is empty: that is over. Another hour and it would fire, but for the cooldown.
    mail.mails.length = 0;
    await runJobs(start + hourMs);
    expect(hooks.take('/spike').map(({ headers }) => headers['footfall-event'])).toEqual(['alert.resolved']);
    expect(mail.mails).toHaveLength(2);
    await sendEvents(
      'spike',
      times(150, (index) => ({ at: inWindow + 2 * hourMs + index })),
    );
    await runJobs(start + 2 * hourMs);
    expect(await incidentsOf(alert)).toEqual([
      {
        id: expect.any(String),
        subject: 'spike',
        state: 'resolved',
        startedAt: new Date(start).toISOString(),
        resolvedAt: new Date(start + hourMs).toISOString(),
        summary: expect.stringContaining('121 pageviews'),
        ...finding,
        notifications: expect.arrayContaining([
          expect.objectContaining({
            channel: 'webhook',
            attempts: 1,
            status: 204,
            failure: null,
            nextAttemptAt: null,
          }),
        ]),
      },
    ]);

    await sendEvents(
      'spike',
      times(150, (index) => ({ at: inWindow + 3 * hourMs + index })),
    );
    await runJobs(start + 3 * hourMs);
    expect((await incidentsOf(alert)).map(({ state }) => state)).toEqual(['firing', 'resolved']);
    hooks.take('/spike');
  });

  test('a drop fires against the same local hours, and not before there are two weeks to compare with', async () => {
    const alert = await addAlert('drop', { kind: 'traffic_drop', weeks: 4 });
    await sendWeeks('drop', 10, 60);
    await runJobs(start);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'firing', observed: 10, expected: 60 }]);
    const young = await addAlert('other', { kind: 'traffic_drop', minimum: 1 });
    await sendEvents(
      'other',
      times(60, (index) => ({ at: (weeksBefore[0] ?? 0) + index * 1_000 })),
    );
    await runJobs(start);
    expect(await incidentsOf(young)).toEqual([]);
  });

  test('errors surge against the rate of the day before', async () => {
    const alert = await addAlert('errors', { kind: 'error_surge', minimum: 20, factor: 3 });
    const props = { message: 'x is not defined' };
    await sendEvents('errors', [
      ...times(200, (index) => ({ at: inWindow - 12 * hourMs + index })),
      ...times(20, (index) => ({ type: 'error', at: inWindow - 12 * hourMs + index, props })),
      ...times(100, (index) => ({ at: inWindow + index })),
      ...times(29, (index) => ({ type: 'error', at: inWindow + index, props })),
    ]);
    await runJobs(start);
    expect(await incidentsOf(alert)).toEqual([]);
    await sendEvents('errors', [{ type: 'error', at: inWindow + 50, props }]);
    await runJobs(start + 2 * minuteMs);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'firing', observed: 30, expected: 10 }]);
  });

  test('silence fires when nothing has been received for so long, and ends with the next event', async () => {
    const alert = await addAlert('silence', { kind: 'ingest_silence', minutes: 30 });
    await sendEvents('silence', [{ at: start }]);
    await runJobs(start + 29 * minuteMs);
    expect(await incidentsOf(alert)).toEqual([]);
    await runJobs(start + 31 * minuteMs);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'firing', observed: 31, expected: 30 }]);
    await sendEvents('silence', [{ at: clock.now }]);
    await runJobs(clock.now + 2 * minuteMs);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'resolved' }]);
  });

  test('a split that does not fit the weights fires by experiment, and ends when it is stopped', async () => {
    const alert = await addAlert('ratio', { kind: 'sample_ratio' });
    for (const key of ['fair', 'skewed']) {
      const variations = [{ key: 'control' }, { key: 'treatment' }];
      expect(await call('POST', '/experiments', { site: 'ratio', key, variations })).toMatchObject({
        status: 201,
      });
      expect(await call('POST', `/experiments/${key}/start?site=ratio`)).toMatchObject({ status: 200 });
      const controls = key === 'fair' ? 200 : 300;
      await sendEvents(
        'ratio',
        times(400, (index) => ({
          type: 'exposure',
          at: start,
          props: {
            experiment: key,
            phase: 1,
            variation: index < controls ? 'control' : 'treatment',
            unitType: 'visitor',
            unit: `unit-${index}`,
          },
        })),
      );
    }
    await runJobs(start + minuteMs);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'firing', subject: 'skewed', expected: 0.01 }]);
    expect((await incidentsOf(alert))[0].observed).toBeLessThan(0.001);
    expect(await call('POST', '/experiments/skewed/stop?site=ratio', {})).toMatchObject({ status: 200 });
    await runJobs(start + 20 * minuteMs);
    expect(await incidentsOf(alert)).toMatchObject([{ state: 'resolved', subject: 'skewed' }]);
  });
});

describe('delivery', () => {
  const rule = { kind: 'ingest_silence', minutes: 5 };
  const firingAt = start + hourMs;

  test('what fails is tried again six times, also by another collector; what cannot work once', async () => {
    const { origin, port } = hooks;
    const targets = {
      fail: `${origin}/fail`,
      away: `${origin}/away`,
      large: `${origin}/large`,
      silent: `${origin}/silent`,
      gone: 'http://127.0.0.1:1/gone',
      metadata: 'http://169.254.169.254/latest/meta-data/',
      hidden: `http://[::ffff:10.0.0.1]:${port}/hidden`,
    };
    const alerts = new Map<string, Body>();
    for (const [name, url] of Object.entries(targets))
      alerts.set(name, await addAlert('hooks', rule, { name, webhook: { url }, cooldownMinutes: 43_200 }));
    const refused = { name: 'refused', emails: ['nobody@refused.example', 'carol@a.example'] };
    alerts.set('refused', await addAlert('hooks', rule, refused));
    await runJobs(firingAt);

    const statesOf = async (name: string) => (await incidentsOf(alerts.get(name)))[0].notifications;
    const retried = { attempts: 1, deliveredAt: null, nextAttemptAt: expect.any(String) };
    expect(await statesOf('fail')).toMatchObject([{ ...retried, status: 500 }]);
    expect(await statesOf('away')).toMatchObject([
      { ...retried, status: 302, failure: expect.stringContaining('redirects are not followed') },
    ]);
    expect(await statesOf('silent')).toMatchObject([{ ...retried, failure: 'no answer within 5 s' }]);
    expect(await statesOf('gone')).toMatchObject([
      { ...retried, failure: expect.stringContaining('ECONNREFUSED') },
    ]);
    expect(await statesOf('large')).toMatchObject([
      { attempts: 1, status: 200, failure: null, nextAttemptAt: null },
    ]);
    for (const name of ['metadata', 'hidden'])
      expect(await statesOf(name)).toMatchObject([
        { attempts: 1, failure: expect.stringContaining('public internet'), nextAttemptAt: null },
      ]);
    const [carol, nobody] = (await statesOf('refused')).sort((a: Body, b: Body) =>
      a.failure ? 1 : b.failure ? -1 : 0,
    );
    expect(carol).toMatchObject({ failure: null });
    expect(nobody).toMatchObject({ ...retried, failure: expect.stringContaining('no such mailbox') });
    expect(hooks.take('/ok')).toEqual([]);
    const [kept] = await collector.query<{ answer: string }>(
      `select answer from footfall.notifications where target = '${targets.large}'`,
    );
    expect(kept?.answer).toBe('x'.repeat(1_024));

    await call('DELETE', `/alerts/${alerts.get('silent').id}?site=hooks`);
    // Half a minute, two, ten, half an hour and two hours after the attempt before.
    const waits = [0.5, 2, 10, 30, 120];
    let at = firingAt;
    for (const [index, minutes] of waits.entries()) {
      await deliver(at + minutes * minuteMs - 1_000, [pair[1]]);
      expect(await statesOf('fail')).toMatchObject([{ attempts: index + 1 }]);
      at += minutes * minuteMs;
      await deliver(at, [pair[index % 2] ?? pair[0]]);
    }
    expect(await statesOf('fail')).toMatchObject([{ attempts: 6, deliveredAt: null, nextAttemptAt: null }]);
    await deliver(at + 30 * dayMs);
    const ids = hooks.take('/fail').map(({ headers }) => headers['footfall-delivery']);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(1);
  });

  test('goes to the address that was checked, whatever the name resolves to next', async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [{ address: asked.length === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    };
    const url = `http://rebinding.example:${hooks.port}/rebound`;
    const webhook = { url, secret: 's', id: '1', event: 'alert.test', body: '{}', now: start };
    expect(await sendWebhook(webhook, { allowed: loopback, resolve })).toMatchObject({ status: 204 });
    expect(asked).toEqual(['rebinding.example']);
    expect(hooks.take('/rebound')).toMatchObject([
      { address: '127.0.0.1', headers: { host: `rebinding.example:${hooks.port}` } },
    ]);
    await expect(sendWebhook(webhook, { allowed: loopback, resolve })).rejects.toThrow(/public internet/);
  });

  test('without leave of the operator nothing goes to loopback', async () => {
    const alert = await addAlert('hooks', rule, {
      name: 'closed',
      webhook: { url: `${hooks.origin}/closed` },
    });
    await evaluateAlerts(pair[0], firingAt + dayMs, log);
    await deliverNotifications(pair[0], firingAt + dayMs, log, {});
    expect(hooks.take('/closed')).toEqual([]);
    expect((await incidentsOf(alert))[0].notifications).toMatchObject([
      { failure: expect.stringContaining('public internet'), nextAttemptAt: null },
    ]);
  });

  test('a test is sent at once and once', async () => {
    const more = { name: 'tested', webhook: { url: `${hooks.origin}/tested` }, emails: ['dave@a.example'] };
    const { id } = await addAlert('hooks', rule, more);
    const { status, body } = await call('POST', `/alerts/${id}/test`, { site: 'hooks' });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        notifications: expect.arrayContaining([
          { channel: 'webhook', target: `${hooks.origin}/tested`, status: 204, failure: null },
          { channel: 'email', target: 'dave@a.example', status: null, failure: null },
        ]),
      },
    });
    expect(hooks.take('/tested')).toMatchObject([{ headers: { 'footfall-event': 'alert.test' } }]);
    expect(mail.mails.map(({ to }) => to)).toEqual([['dave@a.example']]);
    await deliver(start);
    expect(hooks.take('/tested')).toEqual([]);
  });
});

describe('management', () => {
  const rule = { kind: 'ingest_silence', minutes: 60 };

  test('admins change alerts, analysts read them without what is secret, others see nothing', async () => {
    const webhook = { url: `${hooks.origin}/secret-path` };
    const alert = await addAlert('demo', rule, { name: 'kept', webhook, enabled: false });
    expect(alert.webhook.secret).toMatch(/^whsec_[\da-f]{64}$/);
    const read = (key: string) => call('GET', '/alerts?site=demo', undefined, key);
    expect((await read(keys.admin)).body.alerts).toMatchObject([{ id: alert.id, rule, webhook, firing: [] }]);
    const seen = JSON.stringify((await read(keys.analyst)).body);
    expect(seen).not.toMatch(/secret-path|whsec_/);
    expect(seen).toContain(alert.id);

    const input = { site: 'demo', name: 'kept', rule, webhook };
    const path = `/alerts/${alert.id}`;
    expect((await call('PUT', path, input)).body.webhook).toEqual(webhook);
    const rotated = await call('PUT', path, { ...input, webhook: { ...webhook, rotateSecret: true } });
    expect(rotated.body.webhook.secret).toMatch(/^whsec_/);
    expect(rotated.body.webhook.secret).not.toBe(alert.webhook.secret);
    expect(await call('POST', '/alerts', input)).toMatchObject({ status: 409 });

    const writes = [
      ['POST', '/alerts', input],
      ['PUT', path, input],
      ['POST', `${path}/test`, { site: 'demo' }],
      ['DELETE', `${path}?site=demo`, undefined],
    ] as const;
    for (const key of [keys.analyst, keys.ingest, elsewhere])
      for (const [method, where, body] of writes)
        expect(await call(method, where, body, key)).toMatchObject({ status: 403 });
    for (const where of ['/alerts?site=demo', `${path}?site=demo`, `${path}/incidents?site=demo`])
      for (const key of [keys.ingest, elsewhere])
        expect(await call('GET', where, undefined, key)).toMatchObject({ status: 403 });
    // An id of another site is none of one's own.
    expect(await call('GET', `${path}?site=other`, undefined, elsewhere)).toMatchObject({ status: 404 });
    expect(await call('PUT', path, { ...input, site: 'other' }, elsewhere)).toMatchObject({ status: 404 });

    expect(await call('DELETE', `${path}?site=demo`)).toMatchObject({ status: 204 });
    const audit = await collector.query(
      `select action, actor, detail ->> 'name' as name from footfall.audit_log where target = '${alert.id}' order by at, action`,
    );
    expect(audit.map(({ action }) => action).sort()).toEqual([
      'alert.change',
      'alert.change',
      'alert.create',
      'alert.delete',
    ]);
    expect(audit[0]).toMatchObject({ actor: expect.stringContaining('the admin'), name: 'kept' });
  });

  test.each([
    [{ rule: { kind: 'weather' } }, 'rule.kind'],
    [{ rule: { kind: 'traffic_drop', windowMinutes: 20 } }, 'rule.windowMinutes'],
    [{ rule: { kind: 'traffic_drop', factor: 1 } }, 'rule.factor'],
    [{ rule: { kind: 'sample_ratio', level: 0.5 } }, 'rule.level'],
    [{ webhook: { url: 'file:///etc/passwd' } }, 'webhook.url'],
    [{ webhook: { url: 'https://user:password@hook.example/' } }, 'webhook.url'],
    [{ emails: ['no address'] }, 'emails.0'],
    [{ emails: ['a@b.example\r\nBcc: c@d.example'] }, 'emails.0'],
    [{ name: 'two\r\nlines' }, 'name'],
    [{ surprise: 1 }, 'surprise'],
    [{ site: 'Nowhere!' }, 'site'],
  ])('%j is refused at %s', async (wrong, path) => {
    const body = { site: 'demo', name: 'bad', rule, ...wrong };
    expect(await call('POST', '/alerts', body)).toMatchObject({ status: 400, body: { error: { path } } });
  });
});

describe('mail reports', () => {
  const report = { site: 'mails', frequency: 'weekly', recipients: ['erin@a.example', 'frank@a.example'] };

  test('are sent once over two collectors, on the first morning of the week where the site is', async () => {
    await collector.query('delete from footfall.alerts');
    await collector.query(`update footfall.sites set name = 'A & <b>B</b>' where site = 'mails'`);
    expect(await call('POST', '/mail-reports', report, keys.analyst)).toMatchObject({ status: 403 });
    const { status, body } = await call('POST', '/mail-reports', report);
    expect({ status, body }).toMatchObject({ status: 201, body: { ...report, lastFrom: null } });
    await sendEvents(
      'mails',
      times(30, (index) => ({ at: start - dayMs + index * hourMs })),
    );
    await sendEvents('mails', [{ at: start - 7 * dayMs }]);

    const send = async (now: number) => {
      clock.now = now;
      const context = { publicUrl: 'https://stats.example' };
      await Promise.all(pair.map((database) => sendDueReports(database, now, log, context)));
      await deliver(now);
      return mail.mails.splice(0);
    };
    // Monday, 23 November, in Berlin.
    expect(await send(Date.parse('2026-11-23T04:59:00Z'))).toEqual([]);
    const mails = await send(Date.parse('2026-11-23T05:01:00Z'));
    expect(mails.map(({ to }) => to).sort()).toEqual([['erin@a.example'], ['frank@a.example']]);
    const source = mails[0]?.source ?? '';
    expect(source).toContain('Subject: A & <b>B</b>: 2026-11-16 to 2026-11-22 (weekly report)');
    expect(source).toContain('Pageviews: 30 (+2900 % on the period before)');
    const html = source.slice(source.indexOf('<!doctype'));
    expect(html).toContain('<h1>A &amp; &lt;b&gt;B&lt;/b&gt;: 2026-11-16 to 2026-11-22</h1>');
    expect(html).not.toMatch(/<script|<b>/);
    expect(html).toContain('https://stats.example/dashboard');
    expect(await send(Date.parse('2026-11-23T15:00:00Z'))).toEqual([]);
    expect(await send(Date.parse('2026-11-25T15:00:00Z'))).toEqual([]);

    const path = `/mail-reports/${body.id}`;
    const changed = await call('PUT', path, { ...report, recipients: ['erin@a.example'] });
    expect(changed.body).toMatchObject({ recipients: ['erin@a.example'], lastFrom: '2026-11-16' });
    expect((await send(Date.parse('2026-11-30T08:00:00Z'))).map(({ to }) => to)).toEqual([
      ['erin@a.example'],
    ]);
    const listed = await call('GET', '/mail-reports?site=mails', undefined, keys.analyst);
    expect(listed.body.mailReports).toMatchObject([{ id: body.id, lastFrom: '2026-11-23' }]);
    expect(await call('DELETE', `${path}?site=mails`)).toMatchObject({ status: 204 });
    expect(await send(Date.parse('2026-12-07T08:00:00Z'))).toEqual([]);
  });
});

test('the log names no address, secret or recipient', () => {
  expect(collector.logged.join('\n')).not.toMatch(/whsec_|@a\.example|mail-password/);
});
