import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../random.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

type Level = (typeof levels)[number];
type ValueCase = { value: string; level: string; should_redact: boolean | null; spans?: [number, number][] };
type FieldCase = { field: Record<string, string>; level: string; should_redact: boolean | null };

const levels = ['secret', 'payment', 'gov_id'] as const;
const isNeverStored = ({
  level,
  should_redact: isSecret,
}: {
  level: string;
  should_redact: boolean | null;
}) => isSecret === true && levels.includes(level as Level);

/** Bare digits: a taxpayer number, a health service number; and a number written as the postal code that it could be. */
const lookLikeOthers = ['911701234', '0032698674', '07805-1121'];
const floor = 0.99;
const maxFalsePositives = 0.005;

function read<Row>(name: string): Row[] {
  const file = new URL(`../../../sdk/test/fixtures/${name}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const values = read<ValueCase>('value-cases').filter(isNeverStored);
const fields = read<FieldCase>('field-cases').filter(isNeverStored);

type Wire = Record<string, unknown>;
const page = 'https://a.example/';
const enc = encodeURIComponent;

/** Everywhere that a page's text can be in what a client sends. Clients that are not our SDK send it as it is. */
const places: Record<string, (text: string) => Wire> = {
  'custom property': (note) => ({ type: 'custom', name: 'noted', props: { note } }),
  'nested property': (text) => ({ type: 'custom', name: 'noted', props: { list: [{ deep: { text } }] } }),
  'name of an event': (name) => ({ type: 'custom', name }),
  'trait of a user': (about) => ({ type: 'identify', props: { about } }),
  title: (title) => ({ type: 'pageview', title }),
  'path of a URL': (text) => ({ type: 'pageview', url: `${page}p/${enc(text)}` }),
  'query of a URL': (text) => ({ type: 'pageview', url: `${page}?q=${enc(text)}&page=2` }),
  'query of a form': (text) => ({ type: 'pageview', url: `${page}?q=${enc(text).replaceAll('%20', '+')}` }),
  'fragment of a URL': (text) => ({ type: 'pageview', url: `${page}#${enc(text)}` }),
  campaign: (text) => ({ type: 'pageview', url: `${page}?utm_source=x&utm_campaign=${enc(text)}` }),
  referrer: (text) => ({ type: 'pageview', referrer: `https://b.example/${enc(text)}?q=${enc(text)}` }),
  'search term': (text) => ({ type: 'pageview', referrer: `https://www.bing.com/search?q=${enc(text)}` }),
  'text of a click': (text) => ({ type: 'click', props: { text } }),
  'link of a click': (text) => ({ type: 'click', props: { href: `${page}?q=${enc(text)}` } }),
  'field of a form': (value) => ({ type: 'form_submit', props: { fields: [{ name: 'note', value }] } }),
  'action of a form': (text) => ({ type: 'form_submit', props: { action: `${page}${enc(text)}` } }),
  'error message': (message) => ({ type: 'error', props: { message } }),
  'error stack': (text) => ({
    type: 'error',
    props: { stack: `Error: ${text}\n    at f (${page}a.js:1:2)` },
  }),
  'cause of an error': (message) => ({ type: 'error', props: { causes: [{ message }] } }),
  'dead letter': (text) => ({ type: 'nonsense', title: text, props: { text } }),
};

let collector: TestCollector;
beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.stop());

const maxBatch = 400;

/** Sends events and returns what is stored of each: every text of its row, also as it is meant where it is encoded. */
async function store(events: Wire[]): Promise<string[]> {
  const ids = events.map(() => newId());
  const wire = events.map((event, at) => ({ url: page, ...event, id: ids[at], ts: Date.now() }));
  for (let from = 0; from < wire.length; from += maxBatch) {
    const body = { sentAt: Date.now(), events: wire.slice(from, from + maxBatch) };
    expect(await collector.send(body)).toMatchObject({ status: 200 });
  }
  const rows = await collector.query<{ id: string; row: unknown }>(
    `select e.event_id::text as id, to_jsonb(e) as row from footfall.events e
     union all select d.event_id, to_jsonb(d) from footfall.dead_letter d`,
  );
  const stored = new Map(rows.map(({ id, row }) => [id, textsOf(row).join('\n')]));
  return ids.map((id) => stored.get(id) ?? expect.fail(`event ${id} is not stored`));
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, decode(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}

function decode(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}

const secretsOf = ({ value, spans = [] }: ValueCase) =>
  spans.length > 0 ? spans.map(([from, to]) => value.slice(from, to)) : [value];

test('no secret, payment or identity number of the published cases is stored from anywhere', async () => {
  const names = Object.keys(places);
  const stored = await store(names.flatMap((name) => values.map(({ value }) => places[name]?.(value) ?? {})));
  const report = names.map((name, index) => {
    const texts = stored.slice(index * values.length, (index + 1) * values.length);
    const left = values.map((row, at) => secretsOf(row).filter((secret) => texts[at]?.includes(secret)));
    const isFound = (at: number) => !texts[at]?.includes(values[at]?.value ?? '');
    const rates = levels.map((level) => {
      const ofLevel = values.flatMap((row, at) => (row.level === level ? [at] : []));
      return [level, rate(ofLevel.filter(isFound).length, ofLevel.length)];
    });
    // The fields are the test below; none of them is missed.
    const all = rate(
      values.filter((_, at) => isFound(at)).length + fields.length,
      values.length + fields.length,
    );
    return { place: name, ...(Object.fromEntries(rates) as Record<Level, number>), all, left: left.flat() };
  });
  console.table(report.map(({ left, ...row }) => ({ ...row, left: left.join(' ') })));
  for (const { place, left, secret, payment, all } of report) {
    expect(
      left.filter((text) => !lookLikeOthers.includes(text)),
      place,
    ).toEqual([]);
    expect(Math.min(secret, payment, all), place).toBeGreaterThanOrEqual(floor);
  }
  expect(collector.logged.join('\n')).toBe('');
});

test('no value of a sensitive field is stored, by name, type or autocomplete', async () => {
  const answer = 'plain words';
  const byName = fields.filter(({ field }) => field.name !== undefined && field.name.length > 2);
  const events = [
    ...fields.map(({ field }) => ({ type: 'form_submit', props: { fields: [{ ...field, value: answer }] } })),
    ...byName.map(({ field }) => ({ type: 'custom', name: 'filled', props: { [field.name ?? '']: answer } })),
    ...byName.map(({ field }) => ({
      type: 'pageview',
      url: `${page}?${enc(field.name ?? '')}=${enc(answer)}`,
    })),
  ];
  const stored = await store(events);
  const kept = events.filter((_, at) => stored[at]?.includes(answer)).map((event) => JSON.stringify(event));
  console.log(
    `sensitive fields: recall ${rate(events.length - kept.length, events.length)} of ${events.length}`,
  );
  expect(kept).toEqual([]);
});

test('an event that is too large for a letter is kept as an excerpt without secrets', async () => {
  const secrets = values.filter(({ value }) => !lookLikeOthers.some((text) => value.includes(text)));
  const note = secrets.map(({ value }) => value).slice(0, 40);
  const [stored = ''] = await store([
    { type: 'custom', name: 'large', props: { note, filler: 'x '.repeat(50_000) } },
  ]);
  expect(stored).toContain('[redacted]');
  expect(
    secrets
      .slice(0, 40)
      .flatMap(secretsOf)
      .filter((secret) => stored.includes(secret)),
  ).toEqual([]);
});

test('numeric ids are kept: at most 0.5 % of them are taken for something else', async () => {
  const random = createRandom(20_260_101);
  const digits = (length: number) => Array.from({ length }, () => random.below(10)).join('');
  const kinds: Record<string, () => string> = {
    snowflake: () => `1${digits(18)}`,
    milliseconds: () => `17${digits(11)}`,
    microseconds: () => `17${digits(14)}`,
    account: () => `1000${digits(11)}`,
    'order of 8': () => digits(8),
    'order of 10': () => digits(10),
    ISBN: () => `978${digits(10)}`,
    'analytics id': () => `${digits(9)}.17${digits(8)}`,
    UUID: () => [8, 4, 4, 4, 12].map(digits).join('-'),
  };
  const perText = 5;
  const texts = Object.values(kinds).flatMap((make) =>
    Array.from({ length: 12 }, () => Array.from({ length: perText }, make)),
  );
  const names = Object.keys(places);
  const stored = await store(
    names.flatMap((name) => texts.map((ids) => places[name]?.(ids.join(', ')) ?? {})),
  );
  const report = names.map((place, index) => {
    const lost = texts.flatMap((ids, at) =>
      ids.filter((id) => !stored[index * texts.length + at]?.includes(id)),
    );
    return {
      place,
      ids: texts.length * perText,
      lost: lost.length,
      rate: rate(lost.length, texts.length * perText),
    };
  });
  console.table(report);
  for (const { rate: share } of report) expect(share).toBeLessThanOrEqual(maxFalsePositives);
});

function rate(part: number, whole: number): number {
  return Math.round((part / whole) * 10_000) / 10_000;
}
