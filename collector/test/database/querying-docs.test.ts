import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKey } from '../ask-query.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const run = promisify(execFile);

type Block = { language: string; text: string };
const page = readFileSync(new URL('../../../docs/querying.md', import.meta.url), 'utf8');
const blocks: Block[] = [...page.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].map(
  ([, language = '', text = '']) => ({
    language,
    text,
  }),
);
// Each example is followed by what it prints.
const examples = blocks.flatMap((block, at) => {
  const printed = blocks[at + 1];
  return at % 2 === 0 && printed ? [{ ...block, printed }] : [];
});

let collector: TestCollector;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  const key = await makeKey(collector, 'analyst', ['demo']);
  environment = { ...process.env, FOOTFALL_URL: collector.origin, FOOTFALL_KEY: key };
  const signup = { type: 'custom', name: 'Signup', props: { seats: 3 } };
  await visit(chrome, 'ada', [
    { at: noon - 60 * minuteMs, path: '/', referrer: 'https://www.google.com/' },
    { at: noon - 58 * minuteMs, path: '/pricing' },
    { at: noon - 57 * minuteMs, path: '/pricing', ...signup },
  ]);
  await visit(firefox, 'bob', [{ at: noon - 30 * minuteMs, path: '/' }]);
  await visit(firefox, 'bob', [{ at: noon - 2 * dayMs, path: '/' }]);
});
afterAll(() => collector.stop());

async function visit(
  userAgent: string,
  visitor: string,
  events: ({ at: number; path: string } & Record<string, unknown>)[],
) {
  const wire = events.map(({ at, path, ...rest }) => ({
    id: newId(at),
    ts: at,
    type: 'pageview',
    url: `https://a.example${path}`,
    ...rest,
  }));
  const body = { sentAt: noon, visitor: { id: visitor }, events: wire };
  expect(await collector.send(body, { headers: { 'user-agent': userAgent } })).toMatchObject({ status: 200 });
}

async function runExample({ language, text }: Block): Promise<string> {
  if (language === 'sql') return runSql(text);
  const [command, ...args] =
    language === 'js' ? [process.execPath, '--input-type=module', '-e', text] : ['sh', '-c', text];
  const { stdout } = await run(command ?? '', args, { env: environment });
  return stdout;
}

async function runSql(text: string): Promise<string> {
  const client = new pg.Client(collector.url);
  await client.connect();
  try {
    const results = (await client.query({ text, rowMode: 'array' })) as unknown as pg.QueryArrayResult[];
    return (results.at(-1)?.rows ?? []).map((row) => row.join(' | ')).join('\n');
  } finally {
    await client.end();
  }
}

test('there is an example for each way to ask', () => {
  expect(examples.map(({ language }) => language)).toEqual(['sh', 'sh', 'js', 'sql', 'sql']);
});

test.each(examples)('the example prints what the page says: $text', async ({ printed, ...example }) => {
  const output = (await runExample(example)).replaceAll('\r\n', '\n').trimEnd();
  if (printed.language === 'json') expect(JSON.parse(output).results).toEqual(JSON.parse(printed.text));
  else expect(output).toBe(printed.text);
});
