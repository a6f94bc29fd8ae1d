import { afterAll, beforeAll, expect, test } from 'vitest';
import { flood, getFor, postFor } from '../flood.js';
import { type ChildCollector, residentBytes, startChildCollector } from '../start-child.js';
import { newId } from '../test-collector.js';

// FOOTFALL_FLOOD_ADDRESSES=100000 is the long form; npm run test:flood.
const addresses = Number(process.env.FOOTFALL_FLOOD_ADDRESSES ?? 12_000);
const warmUp = 6_000;
const maxGrowthBytes = 50 << 20;
const timeoutMs = 600_000;

let collector: ChildCollector;
beforeAll(async () => {
  collector = await startChildCollector({ FOOTFALL_TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => collector.stop());

/** An address of a /64 of its own. */
const addressOf = (index: number) =>
  `2a00:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}:1::7`;
const ask = (address: string) => getFor(address, '/api/v1/overview?site=demo');
const send = (address: string) => {
  const event = { id: newId(), type: 'pageview', ts: Date.now(), url: 'https://a.example/' };
  return postFor(address, '/v1/events?site=demo', JSON.stringify({ sentAt: Date.now(), events: [event] }));
};

test(
  'a flood of addresses costs no memory, refuses none of them, and hides nobody who is over the limit',
  async () => {
    const { origin, pid } = collector;
    const ingests = Math.round(addresses / 4);
    // The same work for a few addresses first: what the process needs for it at all is no growth.
    await flood(origin, { count: warmUp, make: (index) => ask(addressOf(index % 100)) });
    await flood(origin, { count: warmUp / 4, make: (index) => send(addressOf(index % 100)) });
    const before = residentBytes(pid);
    const asked = await flood(origin, { count: addresses, make: (index) => ask(addressOf(1_000 + index)) });
    const sent = await flood(origin, { count: ingests, make: (index) => send(addressOf(1_000 + index)) });
    const growth = residentBytes(pid) - before;
    const mebibytes = (growth / (1 << 20)).toFixed(1);
    console.log(`${addresses} addresses asked, ${ingests} sent: resident memory grew by ${mebibytes} MiB`);

    expect([asked, sent]).toEqual([{ 401: addresses }, { 200: ingests }]);
    expect(growth).toBeLessThan(maxGrowthBytes);
    const greedy = await flood(origin, { count: 1_300, make: () => ask('2a01:1:2:3::4') });
    expect(greedy).toEqual({ 401: expect.any(Number), 429: expect.any(Number) });
  },
  timeoutMs,
);
