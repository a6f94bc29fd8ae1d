import { uuidv7 } from '@footfall/schema';
import fc from 'fast-check';
import type { Delivery, Made } from './oracle/arrivals.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const gap = 30 * minute;

/** Batches that are sent side by side, at one time. `restart` names a collector that is replaced before. */
export type Wave = { receivedAt: number; sends: Send[]; restart: 0 | 1 | undefined };
export type Send = { to: 0 | 1; events: Made[]; delivery: Delivery };

/** Every time of a scenario lies around here: the first hours of daylight saving time in Europe. */
export const scenarioTime = Date.parse('2026-03-29T00:00:00Z');

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

type Identity = Pick<Delivery, 'agent' | 'isBot' | 'isServer' | 'visitorId' | 'links'> & {
  session: 0 | 1 | 2 | null;
};

const person = { agent: chrome, isBot: false, isServer: false, links: false, session: null, visitorId: null };
const identities = {
  cookieless: person,
  visitor: { ...person, visitorId: 'v' },
  session: { ...person, visitorId: 'v', session: 0 },
  nextSession: { ...person, visitorId: 'v', session: 1 },
  linkingSession: { ...person, visitorId: 'v', session: 0, links: true },
  otherLinkingSession: { ...person, visitorId: 'w', session: 1, links: true },
  sessionWithoutVisitor: { ...person, session: 0 },
  server: { ...person, isServer: true, visitorId: 'v' },
  serverInSession: { ...person, isServer: true, visitorId: 'v', session: 0 },
  bot: { ...person, agent: googlebot, isBot: true },
  botVisitor: { ...person, agent: googlebot, isBot: true, visitorId: 'v' },
  botSession: { ...person, agent: googlebot, isBot: true, visitorId: 'b', session: 2 },
} satisfies Record<string, Identity>;
type Name = keyof typeof identities;

const casts: Name[][] = [
  ['cookieless'],
  ['cookieless', 'bot'],
  ['visitor'],
  ['visitor', 'server', 'botVisitor'],
  ['session'],
  ['session', 'nextSession', 'botSession'],
  ['session', 'serverInSession'],
  ['session', 'visitor', 'sessionWithoutVisitor'],
  ['cookieless', 'linkingSession'],
  ['cookieless', 'linkingSession', 'session'],
  ['cookieless', 'linkingSession', 'otherLinkingSession', 'bot'],
];

const starts = [
  scenarioTime - 20 * minute,
  scenarioTime + 30 * minute,
  scenarioTime - 23 * hour,
  scenarioTime + hour - gap,
  scenarioTime - day - 1,
  scenarioTime + 11 * hour,
];
const shortGap = fc.integer({ min: 0, max: 10 * minute });
const edgeGap = fc.constantFrom(0, 1, gap - 1, gap, gap + 1, gap / 2);
const longGap = fc.oneof(
  fc.constantFrom(day - 1, day, day + 1, day - gap, day - gap + 1),
  fc.integer({ min: gap, max: 5 * hour }),
);
const gapStyles = [
  fc.oneof(
    { arbitrary: shortGap, weight: 3 },
    { arbitrary: edgeGap, weight: 3 },
    { arbitrary: longGap, weight: 1 },
  ),
  // A chain that 24 hours cut: every gap is as long as it may be, or nearly.
  fc.constantFrom(gap, gap, gap, gap - 1, gap - minute),
  edgeGap,
  fc.constantFrom(0, 0, 1, gap),
];

const activeTypes = [
  'pageview',
  'pageview',
  'pageview',
  'click',
  'error',
  'scroll_depth',
  'form_submit',
  'identify',
];
const passiveTypes = ['engagement', 'engagement', 'web_vital', 'exposure'];
const offsets = [0, 0, 0, 0, 5 * minute, -50 * minute, 3 * hour, -2 * hour, 9 * day, -9 * day];
const delays = [
  0,
  0,
  second,
  29 * minute,
  31 * minute,
  5 * hour,
  24 * hour,
  47 * hour,
  2 * day,
  2 * day + 1,
  72 * hour,
];

const step = fc.record({
  who: fc.nat(3),
  type: fc.oneof(
    { arbitrary: fc.constantFrom(...activeTypes), weight: 3 },
    { arbitrary: fc.constantFrom(...passiveTypes), weight: 1 },
  ),
  engagedMs: fc.constantFrom(0, 2_500.4, 9_999, 10_000),
  user: fc.constantFrom(null, null, 'u1', 'u2'),
  batch: fc.nat(5),
  delay: fc.constantFrom(...delays),
  entropy: fc.nat(0xff_ff_ff),
});

const retry = fc.record({
  from: fc.nat(200),
  count: fc.integer({ min: 1, max: 20 }),
  after: fc.constantFrom(0, minute, 3 * hour, 26 * hour),
  otherAddress: fc.boolean(),
  otherClock: fc.constantFrom(0, 0, 2 * hour, -3 * day),
});

export type Scenario = { waves: Wave[] };

/** Visits of one address: a few identities, their events, and how these are delivered. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .constantFrom(...gapStyles.keys())
  .chain((style) =>
    fc.record({
      cast: fc.constantFrom(...casts),
      start: fc.constantFrom(...starts),
      gaps: fc.array(gapStyles[style] ?? shortGap, { minLength: 2, maxLength: 60, size: 'max' }),
      steps: fc.array(step, { minLength: 60, maxLength: 60 }),
      offset: fc.array(fc.constantFrom(...offsets), { minLength: 4, maxLength: 4 }),
      isPunctual: fc.constantFrom(true, false, false, false),
      hasNoSentAt: fc.boolean(),
      retries: fc.array(retry, { maxLength: 4 }),
      sideBySide: fc.array(fc.constantFrom(true, true, false), { minLength: 80, maxLength: 80 }),
      restarts: fc.array(fc.nat(40), { maxLength: 2 }),
    }),
  )
  .map(play);

type Choices = {
  cast: Name[];
  start: number;
  gaps: number[];
  steps: {
    who: number;
    type: string;
    engagedMs: number;
    user: string | null;
    batch: number;
    delay: number;
    entropy: number;
  }[];
  offset: number[];
  isPunctual: boolean;
  hasNoSentAt: boolean;
  retries: { from: number; count: number; after: number; otherAddress: boolean; otherClock: number }[];
  sideBySide: boolean[];
  restarts: number[];
};

type Batch = { receivedAt: number; isRetry: boolean; events: Made[]; delivery: Delivery };

function play(choices: Choices): Scenario {
  const batches = makeBatches(choices);
  const retries = choices.retries.flatMap((again) => repeat(batches, again));
  const sorted = [...batches, ...retries].sort((a, b) => a.receivedAt - b.receivedAt);
  return { waves: toWaves(sorted, choices) };
}

function makeBatches(choices: Choices): Batch[] {
  const batches = new Map<string, Batch>();
  let at = choices.start;
  for (const [i, gapMs] of choices.gaps.entries()) {
    at += i === 0 ? 0 : gapMs;
    const chosen = choices.steps[i];
    if (!chosen) break;
    const who = chosen.who % choices.cast.length;
    const offset = choices.offset[who] ?? 0;
    const key = `${who} ${chosen.user} ${choices.isPunctual ? i : chosen.batch}`;
    const identity = identities[choices.cast[who] ?? 'cookieless'];
    const batch = batches.get(key) ?? {
      receivedAt: 0,
      isRetry: false,
      events: [],
      delivery: deliveryOf(identity, { user: chosen.user, offset }),
    };
    batch.events.push(makeEvent({ ...chosen, at, offset: identity.isServer ? 0 : offset, i }));
    batch.receivedAt = Math.max(batch.receivedAt, at + (choices.isPunctual ? i % 7 : chosen.delay));
    batches.set(key, batch);
  }
  for (const { delivery, ...batch } of batches.values()) {
    delivery.receivedAt = batch.receivedAt;
    const isSilent = choices.hasNoSentAt && delivery.sentAt === 0;
    delivery.sentAt = isSilent ? undefined : batch.receivedAt + (delivery.sentAt ?? 0);
  }
  return [...batches.values()];
}

// Until the time of receipt is known, sentAt holds how far the client's clock is off.
function deliveryOf(
  { session, ...identity }: Identity,
  { user, offset }: { user: string | null; offset: number },
): Delivery {
  return {
    ...identity,
    address: '203.0.113.7',
    userId: user,
    sessionId: session === null ? null : uuidv7(scenarioTime + session, new Uint8Array(16).fill(session + 1)),
    receivedAt: 0,
    sentAt: offset,
  };
}

function makeEvent({
  at,
  offset,
  type,
  engagedMs,
  entropy,
  i,
}: {
  at: number;
  offset: number;
  type: string;
  engagedMs: number;
  entropy: number;
  i: number;
}): Made {
  const ts = at + offset;
  // Ids of one millisecond sort at random; now and then the id is from another hour than the event.
  const idTime = entropy % 29 === 0 ? ts - 2 * hour : ts;
  const random = Uint8Array.from([
    0,
    0,
    0,
    0,
    0,
    0,
    entropy,
    entropy >> 8,
    entropy >> 16,
    i,
    1,
    2,
    3,
    4,
    5,
    6,
  ]);
  return { id: uuidv7(idTime, random), idTime, ts, type, path: `/${i}`, engagedMs };
}

/** Sends events again that were sent before, grouped in another way, perhaps from elsewhere and by another clock. */
function repeat(
  batches: Batch[],
  { from, count, after, otherAddress, otherClock }: Choices['retries'][number],
): Batch[] {
  const first = batches[from % batches.length];
  if (!first) return [];
  const alike = batches.filter(
    ({ delivery }) =>
      delivery.sessionId === first.delivery.sessionId &&
      delivery.visitorId === first.delivery.visitorId &&
      delivery.isBot === first.delivery.isBot &&
      delivery.isServer === first.delivery.isServer,
  );
  const receivedAt = Math.max(...alike.map((batch) => batch.receivedAt)) + after;
  const events = alike
    .flatMap((batch) => batch.events)
    .toReversed()
    .slice(0, count);
  const address = otherAddress ? '198.51.100.9' : first.delivery.address;
  const sentAt = first.delivery.sentAt === undefined ? undefined : receivedAt + otherClock;
  return [
    { receivedAt, isRetry: true, events, delivery: { ...first.delivery, receivedAt, sentAt, address } },
  ];
}

function toWaves(sorted: Batch[], { sideBySide, restarts }: Choices): Wave[] {
  const waves: (Wave & { isRetry: boolean })[] = [];
  for (const [i, batch] of sorted.entries()) {
    const last = waves.at(-1);
    const to = (i % 2) as 0 | 1;
    const send = { to, events: batch.events, delivery: batch.delivery };
    if (last && !last.isRetry && !batch.isRetry && sideBySide[i]) last.sends.push(send);
    else {
      const restart = restarts.includes(waves.length) ? to : undefined;
      waves.push({ receivedAt: 0, sends: [send], restart, isRetry: batch.isRetry });
    }
  }
  for (const wave of waves) {
    wave.receivedAt = Math.max(...wave.sends.map(({ delivery }) => delivery.receivedAt));
    // A batch that waits for others is sent later, and says so.
    wave.sends = wave.sends.map((one) => ({ ...one, delivery: delay(one.delivery, wave.receivedAt) }));
    // The network may deliver one request twice.
    const [first] = wave.sends;
    if (first && !wave.isRetry && sideBySide[0]) wave.sends.push({ ...first, to: first.to === 0 ? 1 : 0 });
  }
  return waves;
}

function delay(delivery: Delivery, receivedAt: number): Delivery {
  const later = receivedAt - delivery.receivedAt;
  const sentAt = delivery.sentAt === undefined ? undefined : delivery.sentAt + later;
  return { ...delivery, receivedAt, sentAt };
}
