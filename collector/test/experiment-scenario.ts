import type { OracleEvent, OracleVisitor } from './oracle/experiment-results.js';
import { createRandom, type Random } from './random.js';
import { chrome, newId } from './test-collector.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const agents: Record<string, string> = { Chrome: chrome, Firefox: firefox, Googlebot: googlebot };

export type Timeline = { start: number; now: number };

/**
 * Visitors of an experiment with a known effect: blue converts, buys and searches more than control; green is small.
 * Among them are bots, visitors who saw two variations, exposures of other phases, and events that must not count.
 */
export function inventVisitors(count: number, timeline: Timeline, seed: number): OracleVisitor[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => inventVisitor(random, `visitor-${index}`, timeline));
}

function inventVisitor(random: Random, id: string, { start, now }: Timeline): OracleVisitor {
  const share = random.uniform();
  const variation = share < 0.45 ? 'control' : share < 0.9 ? 'blue' : 'green';
  const exposedAt = start + Math.floor(random.uniform() * 12 * dayMs);
  const habit = random.below(4);
  const isBot = random.chance(0.03);
  const browser = isBot ? 'Googlebot' : random.chance(0.4) ? 'Firefox' : 'Chrome';
  const events: OracleEvent[] = [
    { type: 'pageview', at: exposedAt - 1_000, path: '/shop/home' },
    exposure(exposedAt, variation),
    ...behave(random, { exposedAt, habit, isBlue: variation === 'blue' }),
  ];
  if (random.chance(0.3)) events.push(exposure(exposedAt + 5 * hourMs, variation));
  if (random.chance(0.04))
    events.push(exposure(exposedAt + 6 * hourMs, variation === 'blue' ? 'control' : 'blue'));
  if (random.chance(0.05)) events.push(exposure(exposedAt - 2 * dayMs, 'blue', 2));
  return { id, isBot, browser, events: events.filter(({ at }) => at < now) };
}

function exposure(at: number, variation: string, phase = 1): OracleEvent {
  return { type: 'exposure', at, props: { experiment: 'checkout', variation, phase } };
}

type Behaviour = { exposedAt: number; habit: number; isBlue: boolean };

function behave(random: Random, { exposedAt, habit, isBlue }: Behaviour): OracleEvent[] {
  const later = (days: number) => exposedAt + Math.floor(random.uniform() * days * dayMs) + 1;
  const before = (days: number) => exposedAt - Math.floor(random.uniform() * days * dayMs) - 2_000;
  const events: OracleEvent[] = [];
  const repeat = (times: number, make: () => OracleEvent) => {
    for (let left = times; left > 0; left--) events.push(make());
  };
  repeat(habit, () => ({ type: 'custom', name: 'search', at: before(8) }));
  repeat(habit + random.below(isBlue ? 4 : 3), () => ({ type: 'custom', name: 'search', at: later(6) }));
  if (random.chance(isBlue ? 0.42 : 0.25)) events.push({ type: 'custom', name: 'signup', at: later(4) });
  if (random.chance(0.1)) events.push({ type: 'custom', name: 'signup', at: before(3) });
  if (random.chance(0.1)) events.push({ type: 'custom', name: 'signup', at: later(4) });
  repeat(random.below(3), () => purchase(random, later(5), isBlue));
  repeat(1 + random.below(5), () => ({ type: 'pageview', at: later(5), path: '/shop/item_1' }));
  repeat(random.below(3), () => ({ type: 'pageview', at: later(5), path: '/help' }));
  repeat(random.below(isBlue ? 4 : 3), () => ({ type: 'click', at: later(5), path: '/shop/item_1' }));
  repeat(random.below(4), () => timing(random, later(3)));
  if (random.chance(0.2)) events.push({ type: 'error', at: later(3), props: { message: 'x' } });
  return events;
}

function purchase(random: Random, at: number, isBlue: boolean): OracleEvent {
  const value = Math.round(100 * Math.exp(2 + (random.uniform() - 0.3) * (isBlue ? 3 : 2.5))) / 100;
  const props = { items: random.chance(0.05) ? 400 : 1 + random.below(5) };
  const odd = random.below(12);
  if (odd === 0) return { type: 'custom', name: 'purchase', at, value, currency: 'JPY', props };
  if (odd === 1) return { type: 'custom', name: 'purchase', at, value, props: { items: 'three' } };
  return { type: 'custom', name: 'purchase', at, value, currency: 'USD', props };
}

function timing(random: Random, at: number): OracleEvent {
  const ms = random.chance(0.02) ? 1e300 : Math.round(200 * Math.exp(1.5 * random.uniform()));
  return { type: 'custom', name: 'timing', at, props: { ms } };
}

/** The requests by which a visitor's events arrive. */
export function requestOf({ id, browser, events }: OracleVisitor, sentAt: number) {
  const wire = events.map(({ at, path, ...event }) => ({
    ...event,
    id: newId(at),
    ts: at,
    url: `https://a.example${path ?? '/'}`,
  }));
  return {
    body: { sentAt, visitor: { id }, events: wire },
    headers: { 'user-agent': agents[browser] ?? chrome },
  };
}
