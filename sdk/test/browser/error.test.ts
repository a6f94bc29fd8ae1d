import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { eventsOf, hide, useBrowser } from './setup.js';

const setUp = useBrowser();

/** The page's own script, so that stacks name its files. */
const shop = `<script>
  function pay(message) { throw new TypeError(message); }
  function checkout(message) { pay(message); }
  async function load(message, cause) { await null; throw new RangeError(message, { cause }); }
  function soon(work) { return new Promise((done) => setTimeout(() => { done(); work(); })); }
</script>`;

/** Opens the shop; what it throws is no failure of the test. */
async function openShop({ attributes = '' } = {}) {
  const { server, site, open } = await setUp();
  site.serve({ body: shop, attributes });
  const page = await open('/shop?token=abc');
  page.removeAllListeners('pageerror');
  page.removeAllListeners('console');
  return { server, site, page };
}

/** Runs code of the page in a task of its own, so that what it throws is uncaught. */
async function run(page: Page, code: string): Promise<void> {
  await page.evaluate(`soon(() => { ${code} })`);
}

it('tells an uncaught error with its calls, newest first, in one form for all browsers', async () => {
  const { server, site, page } = await openShop();
  await run(page, `checkout('no stock for ann@example.com')`);
  const [error] = await eventsOf(server, 'error');
  const url = `${site.origin}/shop?token=[redacted]`;
  expect(error?.props).toMatchObject({
    message: 'no stock for [redacted]',
    errorType: 'TypeError',
    source: url,
    line: 2,
    column: expect.any(Number),
    handled: false,
  });
  const calls = error?.props.stack?.split('\n').map((line) => line.replace(/:\d+:\d+$/, ''));
  expect(calls?.slice(0, 2)).toEqual([`pay@${url}`, `checkout@${url}`]);
});

it('tells a rejection with the chain of its causes', async () => {
  const { server, page } = await openShop();
  await run(page, `load('no prices', new Error('no answer', { cause: 'card 4242424242424242' }))`);
  const [error] = await eventsOf(server, 'error');
  expect(error?.props).toMatchObject({
    message: 'no prices',
    errorType: 'RangeError',
    stack: expect.stringMatching(/^load@/),
    causes: [
      { message: 'no answer', errorType: 'Error', stack: expect.stringContaining('@http') },
      { message: 'card [redacted]' },
    ],
  });
});

it('tells the first of several errors as the cause', async () => {
  const { server, page } = await openShop();
  await run(
    page,
    `Promise.any([Promise.reject(new TypeError('no mirror')), Promise.reject(new Error('none'))])`,
  );
  expect(await eventsOf(server, 'error')).toMatchObject([
    { props: { errorType: 'AggregateError', causes: [{ message: 'no mirror', errorType: 'TypeError' }] } },
  ]);
});

it('takes whatever is thrown, and tells keys instead of values', async () => {
  const { server, page } = await openShop();
  await run(page, `Promise.reject({ status: 500, body: 'a private note' })`);
  await run(page, `throw 'plain text'`);
  await run(page, `Promise.reject(undefined)`);
  await run(page, `Promise.reject(new DOMException('stopped', 'AbortError'))`);
  await run(page, `const error = new Error('turns in circles'); error.cause = error; throw error`);
  await run(page, `throw Object.assign(new Error('of no name'), { name: null })`);
  const errors = await eventsOf(server, 'error', 6);
  expect(errors.map(({ props }) => [props.errorType, props.message])).toEqual([
    [undefined, 'Object with keys: body,status'],
    [undefined, 'plain text'],
    [undefined, 'undefined'],
    ['AbortError', 'stopped'],
    ['Error', 'turns in circles'],
    [undefined, 'of no name'],
  ]);
  expect(server.received.map(({ body }) => body).join()).not.toContain('private note');
});

/** What throws when it is read, what is no object, and what is of another window: with what can be told of it. */
const strange: [code: string, errorType: string | undefined, message: unknown][] = [
  [`throw hiding('message')`, 'Error', expect.stringContaining('Uncaught')],
  [`Promise.reject(hiding('message'))`, 'Error', '[unreadable]'],
  [`Promise.reject(hiding('name'))`, undefined, 'of name'],
  [`throw hiding('stack')`, 'Error', 'of stack'],
  [`throw hiding('cause')`, 'Error', 'of cause'],
  [`Promise.reject(hiding('toString'))`, 'Error', 'of toString'],
  [`throw Object.assign(new Error('of no text'), { name: Object.create(null) })`, undefined, 'of no text'],
  [`Promise.reject(revoked())`, undefined, '[unreadable]'],
  [`Promise.reject(null)`, undefined, 'null'],
  [`throw null`, undefined, 'Uncaught null'],
  [`Promise.reject(frame({ sandbox: '' }))`, undefined, '[unreadable]'],
  [`Promise.reject(Symbol('a sign'))`, undefined, 'Symbol(a sign)'],
  [`throw new (frame({}).RangeError)('of a frame')`, 'RangeError', 'of a frame'],
];

it('tells of what cannot be read what can be', async () => {
  const { server, page } = await openShop();
  await page.evaluate(`{
    window.seen = 0;
    for (const type of ['error', 'unhandledrejection']) addEventListener(type, () => seen++);
    window.hiding = (name) =>
      Object.defineProperty(new Error('of ' + name), name, { get() { throw new Error('hostile'); } });
    window.revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; };
    window.frame = (attributes) => {
      const element = document.createElement('iframe');
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return document.body.appendChild(element).contentWindow;
    };
  }`);
  for (const [code] of strange) await run(page, code);
  const errors = await eventsOf(server, 'error', strange.length);
  expect(errors.map(({ props }) => [props.errorType, props.message])).toEqual(
    strange.map(([, errorType, message]) => [errorType, message]),
  );
  // Nothing of the SDK's own was thrown into the page.
  expect(await page.evaluate('seen')).toBe(strange.length);
});

it('counts repeats in a row instead of sending them, until something else happens or the page is hidden', async () => {
  const { server, page } = await openShop();
  await run(page, `for (let n = 0; n < 4; n++) setTimeout(() => pay('again'))`);
  await run(page, `setTimeout(() => pay('other'))`);
  await run(page, `for (let n = 0; n < 3; n++) setTimeout(() => pay('last'))`);
  await run(page, `setTimeout(() => window.done = true)`);
  await page.waitForFunction('window.done');
  await hide(page);
  const errors = await eventsOf(server, 'error', 5);
  expect(errors.map(({ props }) => [props.message, props.repeats])).toEqual([
    ['again', undefined],
    ['again', 2],
    ['other', undefined],
    ['last', undefined],
    ['last', 1],
  ]);
});

it('drops what is not of the page, and counts it by its reason', async () => {
  const { server, page } = await openShop();
  await page.evaluate(() => {
    const report = (message: string, init: ErrorEventInit = {}) =>
      window.dispatchEvent(new ErrorEvent('error', { message, ...init }));
    report('Script error.');
    report('ResizeObserver loop limit exceeded');
    report('ResizeObserver loop completed with undelivered notifications.');
    report('broken', { filename: 'moz-extension://8a1c/content.js', lineno: 1, colno: 2 });
    const error = new TypeError('of an extension');
    error.stack = `TypeError: of an extension\n    at x (chrome-extension://abc/a.js:1:2)\n    at y (${location.href}:1:2)`;
    report('x', { error });
    const safari = new TypeError('of an extension');
    safari.stack = `isClaimed@safari-web-extension://3284871F/a.js:2:929865\n@${location.href}:1:2`;
    report('x', { error: safari });
    const reason = 'Object Not Found Matching Id:1, MethodName:update, ParamCount:4';
    window.dispatchEvent(
      new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason }),
    );
    window.footfall?.track('calm');
  });
  await eventsOf(server, 'custom');
  expect(server.stored().filter(({ type }) => type === 'error')).toEqual([]);
  expect(server.received.at(-1)?.batch.dropped).toEqual({
    error_cross_origin: 1,
    error_resize_loop: 2,
    error_extension: 3,
    error_crawler: 1,
  });
});

it('keeps an error of the page that an extension called', async () => {
  const { server, page } = await openShop();
  await page.evaluate(() => {
    const error = new TypeError('of the page');
    error.stack = `TypeError: of the page\n    at pay (${location.origin}/a.js:1:2)\n    at y (chrome-extension://abc/a.js:1:2)`;
    window.dispatchEvent(new ErrorEvent('error', { message: 'x', error }));
  });
  expect(await eventsOf(server, 'error')).toMatchObject([{ props: { message: 'of the page' } }]);
});

it('sends at most ten errors of a storm of ten thousand, and another type all the same', async () => {
  const { server, page } = await openShop();
  await page.evaluate(() => {
    for (let n = 0; n < 10_000; n++) {
      const error = new Error(`storm ${n}`);
      window.dispatchEvent(new ErrorEvent('error', { message: error.message, error }));
    }
    window.dispatchEvent(new ErrorEvent('error', { message: 'x', error: new RangeError('of another kind') }));
    window.footfall?.track('calm');
  });
  await eventsOf(server, 'custom');
  const errors = server.stored().filter((event) => event.type === 'error');
  expect(errors.filter(({ props }) => props.errorType === 'Error')).toHaveLength(10);
  expect(errors.at(-1)?.props.message).toBe('of another kind');
  expect(server.received.at(-1)?.batch.dropped).toEqual({ error_rate: 9990 });
});

it('records the console where that is asked for, and the console still prints', async () => {
  const { server, page } = await openShop({ attributes: 'data-console-errors' });
  const printed: string[] = [];
  page.on('console', (message) => printed.push(message.text()));
  await page.evaluate(() => console.error('could not save', 7, new TypeError('no disk')));
  await page.evaluate(() =>
    console.error({
      get message() {
        throw new Error('hostile');
      },
      name: 'x',
    }),
  );
  await page.evaluate(() => console.error('plain'));
  const errors = await eventsOf(server, 'error', 3);
  expect(errors.map(({ props }) => props)).toMatchObject([
    { message: 'could not save 7 no disk', errorType: 'TypeError', handled: true },
    { message: '[unreadable]', errorType: 'x', handled: true },
    { message: 'plain', handled: true },
  ]);
  expect(printed).toHaveLength(3);
});

it('leaves the console alone otherwise', async () => {
  const { page } = await openShop();
  expect(await page.evaluate(() => console.error.toString())).toContain('[native code]');
});
