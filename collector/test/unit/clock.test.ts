import { uuidv7 } from '@footfall/schema';
import { expect, test } from 'vitest';
import { placeEvent, placeTrustedEvent } from '../../src/ingest/clock.js';

const dayMs = 86_400_000;
const now = Date.parse('2026-03-29T00:10:00Z');

function idAt(unixMs: number): string {
  return uuidv7(unixMs, new Uint8Array(16));
}

test('an event of a right clock is placed on the day inside its id', () => {
  const ts = now - 20 * 60_000;
  expect(placeEvent({ id: idAt(ts), ts, sentAt: now, receivedAt: now })).toEqual({
    occurredAt: ts,
    eventDay: '2026-03-28',
    isOdd: false,
    isTooOld: false,
    flags: [],
  });
});

test('a retry after midnight keeps its day, because the id does not change', () => {
  const ts = now - 20 * 60_000;
  const days = [0, 60_000, 5 * dayMs].map((delay) => {
    const receivedAt = now + delay;
    return placeEvent({ id: idAt(ts), ts, sentAt: receivedAt, receivedAt }).eventDay;
  });
  expect(days).toEqual(['2026-03-28', '2026-03-28', '2026-03-28']);
});

test.each([
  { name: 'two years ahead', offset: 730 * dayMs },
  { name: 'ten days behind', offset: -10 * dayMs },
])('a clock $name is corrected and marked as odd', ({ offset }) => {
  const ts = now + offset - 5_000;
  const placed = placeEvent({ id: idAt(ts), ts, sentAt: now + offset, receivedAt: now });
  expect(placed).toMatchObject({
    occurredAt: now - 5_000,
    eventDay: '2026-03-29',
    isOdd: true,
    flags: ['odd_clock'],
  });
});

test('a time in the future of a right clock is stored at its receipt, with a flag', () => {
  const placed = placeEvent({ id: idAt(now), ts: now + 2 * dayMs, sentAt: now, receivedAt: now });
  expect(placed).toMatchObject({ occurredAt: now, flags: ['future_ts', 'odd_clock'] });
});

test('without a sending time nothing is corrected, and the event says so', () => {
  const placed = placeEvent({ id: idAt(now - 1_000), ts: now - 1_000, sentAt: undefined, receivedAt: now });
  expect(placed).toMatchObject({ occurredAt: now - 1_000, flags: ['no_sent_at'] });
});

test('35 days is the age limit of a browser, and a server has none', () => {
  const ts = now - 35 * dayMs - 1;
  expect(placeEvent({ id: idAt(ts), ts, sentAt: now, receivedAt: now }).isTooOld).toBe(true);
  expect(placeEvent({ id: idAt(ts + 1), ts: ts + 1, sentAt: now, receivedAt: now }).isTooOld).toBe(false);
  expect(placeTrustedEvent({ id: idAt(ts), ts })).toMatchObject({ isTooOld: false, eventDay: '2026-02-22' });
});
