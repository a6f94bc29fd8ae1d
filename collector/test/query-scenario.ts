import fc from 'fast-check';
import { createRandom, type Random } from './random.js';
import { newId } from './test-collector.js';

/** Everything happens around the end of summer time in Berlin (25 October) and St John's (1 November). */
export const scenarioNow = Date.parse('2026-11-05T12:00:00Z');
export const firstDay = Date.parse('2026-10-03T00:00:00Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
// Countries of the bundled geo database: addresses of the documentation of none, of Germany and of the USA.
const addresses = ['203.0.113.7', '5.1.83.1', '8.8.8.8'];
const referrers = ['https://www.google.com/', 'https://t.co/x', 'https://blog.example/', undefined];
const types = [
  'pageview',
  'pageview',
  'pageview',
  'click',
  'engagement',
  'custom',
  'custom',
  'scroll_depth',
  'web_vital',
];
const plans = ['pro', 'Pro+', 'free', '50%_off', '', undefined];

/** What one browser sends at once. */
export type Batch = { agent: string; address: string; visitor: string; events: Record<string, unknown>[] };

/** A visit around a midnight or any time, of one of a few visitors: in parts that arrive apart. */
export function randomVisit(random: Random): Batch[] {
  let at = firstDay + random.below((scenarioNow - firstDay) / minuteMs) * minuteMs + random.below(minuteMs);
  if (random.chance(0.5)) at = nearMidnight(random);
  const shared = {
    agent: random.pick(agents),
    address: random.pick(addresses),
    visitor: `visitor-${random.below(14)}`,
  };
  const parts: Batch[] = [1, 2].map(() => ({ ...shared, events: [] }));
  for (let count = 1 + random.below(8); count > 0; count--) {
    random.pick(parts).events.push(randomEvent(random, Math.min(at, scenarioNow)));
    at += random.below(40) * minuteMs;
  }
  return parts.filter(({ events }) => events.length > 0);
}

function nearMidnight(random: Random): number {
  const midnight = Date.parse('2026-10-23T22:00:00Z') + random.below(10) * dayMs;
  return midnight + (random.below(300) - 120) * minuteMs;
}

function randomEvent(random: Random, at: number): Record<string, unknown> {
  const type = random.pick(types);
  const campaign = random.chance(0.3) ? `?utm_source=s${random.below(3)}&utm_campaign=c` : '';
  const host = random.chance(0.9) ? 'a.example' : 'b.example';
  return {
    id: newId(at),
    type,
    ts: at,
    url: `https://${host}/${random.pick(['', 'a', 'b', 'b/x', 'c%25', 'c/y/z'])}${campaign}`,
    referrer: random.pick(referrers),
    ...(type === 'custom' && customPart(random)),
    ...(type === 'engagement' && {
      props: { engagedMs: random.below(20_000), scrollPercent: random.below(101) },
    }),
    ...(type === 'scroll_depth' && { props: { percent: random.below(101) } }),
  };
}

function customPart(random: Random) {
  const isPaid = random.chance(0.5);
  return {
    name: random.pick(['signup', 'buy', 'buy now']),
    ...(isPaid && { value: random.below(10_000) / 100, currency: random.chance(0.9) ? 'EUR' : 'USD' }),
    props: {
      plan: random.pick(plans),
      price: random.chance(0.7) ? random.below(5_000) / 100 : 'much',
      isNew: random.chance(0.5),
    },
  };
}

/** The same visits for the same seed. */
export function makeVisits(seed: number, visits: number): Batch[] {
  const random = createRandom(seed);
  return random.shuffle(Array.from({ length: visits }, () => randomVisit(random)).flat());
}

// ---- queries

const day = (unixMs: number) => new Date(unixMs).toISOString().slice(0, 10);
const rangeOfDays = fc
  .tuple(fc.integer({ min: -2, max: 33 }), fc.integer({ min: 0, max: 34 }))
  .map(([from, length]): [string, string] => [
    day(firstDay + from * dayMs),
    day(firstDay + (from + length) * dayMs),
  ]);
const offset = fc.constantFrom('Z', '+02:00', '-03:30');
const rangeOfMoments = fc
  .tuple(fc.integer({ min: 0, max: 33 * 1440 }), fc.integer({ min: 1, max: 1500 }), offset)
  .map(([from, minutes, zone]): [string, string] => {
    const start = firstDay + from * minuteMs;
    const text = (at: number) => new Date(at).toISOString().slice(0, 19) + zone;
    return [text(start), text(start + minutes * minuteMs - 1_000)];
  });

const texts = [
  'event:page',
  'event:hostname',
  'event:name',
  'event:type',
  'event:props:plan',
  'event:props:isNew',
  'visit:entry_page',
  'visit:exit_page',
  'visit:source',
  'visit:channel',
  'visit:browser',
  'visit:device',
  'visit:country',
  'visit:utm_source',
];
const someValues = [
  '/',
  '/a',
  '/b',
  '/b/x',
  'a.example',
  'signup',
  'buy',
  'pageview',
  'click',
  'pro',
  'Pro+',
  '50%_off',
  'true',
  'Google',
  'Direct',
  'Direct / None',
  'Chrome',
  'Firefox',
  'Desktop',
  'mobile',
  'DE',
  'US',
  's1',
  '',
  'o',
  '%',
];
const value = fc.constantFrom(...someValues);
const caseModifier = fc.constantFrom([], [], [{ case_sensitive: false }], [{ case_sensitive: true }]);
const goal = fc.constantFrom(
  'signup',
  'buy',
  'buy now',
  'click',
  'Visit /a',
  'Visit /b/*',
  'Visit /**',
  'none',
);

export type FilterTuple = [string, ...unknown[]];
const textFilter: fc.Arbitrary<FilterTuple> = fc
  .tuple(
    fc.constantFrom('is', 'is_not', 'contains', 'contains_not'),
    fc.constantFrom(...texts),
    fc.array(value, { minLength: 1, maxLength: 3 }),
    caseModifier,
  )
  .map(([operator, name, values, modifiers]) => [operator, name, values, ...modifiers]);
const patternFilter: fc.Arbitrary<FilterTuple> = fc
  .tuple(
    fc.constantFrom('matches', 'matches_not'),
    fc.constantFrom(...texts),
    fc.constantFrom('^/b', 'o', '^(a|b)', '[0-9]', '.'),
    caseModifier,
  )
  .map(([operator, name, pattern, modifiers]) => [operator, name, [pattern], ...modifiers]);
const numberFilter: fc.Arbitrary<FilterTuple> = fc
  .tuple(
    fc.constantFrom('gt', 'gte', 'lt', 'lte', 'between'),
    fc.constantFrom('event:props:price', 'event:value', 'visit:duration', 'visit:pageviews'),
    fc.constantFrom(0, 1, 2, 20, 25.5, 60),
  )
  .map(([operator, name, low]) => [operator, name, operator === 'between' ? [low, low + 20] : [low]]);
const presenceFilter: fc.Arbitrary<FilterTuple> = fc.tuple(
  fc.constantFrom('is_set', 'is_not_set'),
  fc.constantFrom(...texts),
);
const goalFilter: fc.Arbitrary<FilterTuple> = fc
  .tuple(
    fc.constantFrom('is', 'is', 'is', 'is_not', 'contains'),
    fc.array(goal, { minLength: 1, maxLength: 3 }),
  )
  .map(([operator, goals]) => [operator, 'event:goal', goals]);
const leaf = fc.oneof(
  { arbitrary: textFilter, weight: 5 },
  { arbitrary: patternFilter, weight: 1 },
  { arbitrary: numberFilter, weight: 1 },
  { arbitrary: presenceFilter, weight: 1 },
  { arbitrary: goalFilter, weight: 1 },
);
const wrapped: fc.Arbitrary<FilterTuple> = fc.oneof(
  { arbitrary: leaf, weight: 6 },
  { arbitrary: fc.tuple(fc.constantFrom('has_done', 'has_not_done'), leaf), weight: 2 },
  { arbitrary: fc.tuple(fc.constant('not'), leaf), weight: 1 },
  {
    arbitrary: fc.tuple(fc.constantFrom('and', 'or'), fc.array(leaf, { minLength: 1, maxLength: 3 })),
    weight: 1,
  },
  {
    arbitrary: leaf.map((inner): FilterTuple => ['not', ['or', [inner, ['not', ['has_done', inner]]]]]),
    weight: 1,
  },
);

const plainMetrics = [
  'visitors',
  'visits',
  'pageviews',
  'events',
  'views_per_visit',
  'bounce_rate',
  'visit_duration',
];
const pageMetrics = ['scroll_depth', 'time_on_page', 'exit_rate'];
const otherMetrics = [
  'percentage',
  'conversion_rate',
  'group_conversion_rate',
  'total_revenue',
  'average_revenue',
];
const aggregates = fc
  .tuple(
    fc.constantFrom('sum', 'avg', 'min', 'max', 'p50', 'p75', 'p90', 'p95', 'p99', 'count_distinct'),
    fc.constantFrom('event:props:price', 'event:value', 'visit:duration', 'visit:events'),
  )
  .map(([fn, of]) => ({
    fn,
    of: fn === 'count_distinct' && of.includes('props') ? 'event:props:plan' : of,
    as: `${fn}_of`,
  }));
const metric = fc.oneof(
  { arbitrary: fc.constantFrom(...plainMetrics), weight: 5 },
  { arbitrary: fc.constantFrom(...pageMetrics), weight: 1 },
  { arbitrary: fc.constantFrom(...otherMetrics), weight: 2 },
  { arbitrary: aggregates, weight: 1 },
);
export type MetricChoice = string | { fn: string; of: string; as: string };
const nameOf = (one: MetricChoice) => (typeof one === 'string' ? one : one.as);
const unique = { selector: nameOf };
const metrics: fc.Arbitrary<MetricChoice[]> = fc.uniqueArray<MetricChoice, string>(metric, {
  minLength: 1,
  maxLength: 4,
  ...unique,
});
const bucket = fc.constantFrom('minute', 'hour', 'day', 'week', 'month', 'quarter', 'year');
const zone = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Santiago',
  'UTC',
);

/** The body of a query, but for its site. */
export type Asked = {
  metrics: MetricChoice[];
  dimensions: string[];
  filters: FilterTuple[];
  date_range: [string, string];
  timezone?: string;
  week_start?: number;
  include: { zero_fill?: boolean };
};

type Draft = {
  metrics: MetricChoice[];
  names: string[];
  bucket: string | undefined;
  filters: FilterTuple[];
  range: [string, string];
  zone: string | undefined;
  weekStart: number | undefined;
  fills: boolean;
};

/** Valid queries of every kind. */
export const anyQuery: fc.Arbitrary<Asked> = fc
  .record<Draft>({
    metrics,
    names: fc.uniqueArray(fc.constantFrom(...texts, 'event:goal'), { maxLength: 2 }),
    bucket: fc.option(bucket, { nil: undefined }),
    filters: fc.array(wrapped, { maxLength: 3, size: 'max' }),
    range: fc.oneof(rangeOfDays, rangeOfMoments),
    zone,
    weekStart: fc.constantFrom(undefined, 1, 7, 6),
    fills: fc.boolean(),
  })
  .map(complete);

type Kind = { names: string[]; metrics: string[] };
const ofDays: Kind = { names: [], metrics: plainMetrics };
const ofPages: Kind = { names: ['event:page'], metrics: ['visitors', 'pageviews', 'percentage'] };
const ofVisits = (name: string): Kind => ({
  names: [name],
  metrics: ['visitors', 'visits', 'bounce_rate', 'visit_duration', 'percentage'],
});
const kinds = [
  ofDays,
  ofDays,
  ofPages,
  ofPages,
  ...texts.filter((name) => name.startsWith('visit:')).map(ofVisits),
];

/** Queries that the rollups may answer. */
export const simpleQuery: fc.Arbitrary<Asked> = fc
  .constantFrom(...kinds)
  .chain(({ names, metrics: fitting }) =>
    fc.record<Draft>({
      metrics: fc.uniqueArray(fc.constantFrom(...fitting), { minLength: 1, maxLength: 4 }),
      names: fc.constant(names),
      bucket: fc.constantFrom(undefined, undefined, 'day', 'week', 'month', 'quarter'),
      filters: fc.constant([]),
      range: rangeOfDays,
      zone: fc.constant(undefined),
      weekStart: fc.constantFrom(undefined, 7),
      fills: fc.boolean(),
    }),
  )
  .chain(onOwnDimension)
  .map(complete);

// At most a filter on the dimension itself, or on one that there is none of.
function onOwnDimension(draft: Draft): fc.Arbitrary<Draft> {
  const [name] = draft.names;
  if (name === undefined) return fc.constant(draft);
  const filters: fc.Arbitrary<FilterTuple[]> = fc.oneof(
    fc.constant<FilterTuple[]>([]),
    value.map((one): FilterTuple[] => [['is', name, [one]]]),
    fc.constant<FilterTuple[]>([['is_set', name]]),
    value.map((one): FilterTuple[] => [['contains', name, [one]]]),
    fc
      .array(value, { minLength: 1, maxLength: 3 })
      .map((some): FilterTuple[] => [['not', ['is', name, some]]]),
  );
  return filters.map((chosen) => ({ ...draft, filters: chosen }));
}

/** Adds what the metrics need, and takes away what would make too many buckets. */
function complete({
  metrics: chosen,
  names,
  bucket: wanted,
  filters,
  range,
  zone: timezone,
  weekStart,
  fills,
}: Draft): Asked {
  const isLong = range[0].length === 10;
  const time = wanted === undefined || (isLong && wanted === 'minute') ? [] : [`time:${wanted}`];
  const dimensions = [...time, ...names];
  const named = chosen.map(nameOf);
  if (named.some((name) => pageMetrics.includes(name)) && !dimensions.includes('event:page'))
    dimensions.push('event:page');
  if (named.includes('percentage') && dimensions.length === 0) dimensions.push('visit:browser');
  const isConversion = named.some((name) => name.includes('conversion'));
  if (isConversion && !dimensions.includes('event:goal')) dimensions.push('event:goal');
  return {
    metrics: chosen,
    dimensions,
    filters,
    date_range: range,
    ...(timezone !== undefined && { timezone }),
    ...(weekStart !== undefined && { week_start: weekStart }),
    include: time.length > 0 && fills ? { zero_fill: true } : {},
  };
}
