import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNetworks } from '../../../src/access/networks.js';

// Close to each other, so that many addresses lie in the networks and at their ends.
const ipv4 = fc
  .tuple(fc.constantFrom(0, 10, 127, 255), fc.nat(1), fc.constantFrom(0, 127, 128, 255), fc.nat(255))
  .map((octets) => octets.join('.'));
const ipv6 = fc.oneof(
  ipv4.map((address) => `::ffff:${address}`),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([high, low]) => `2001:db8:${high}::${low}`),
);
const address = fc.oneof(ipv4, ipv6);
const network = address.chain((first) =>
  fc.nat(isIPv4(first) ? 32 : 128).map((length) => ({ first, length })),
);

test('an address is in a network where it is for the BlockList of Node', () => {
  let hits = 0;
  fc.assert(
    fc.property(fc.array(network, { maxLength: 3 }), address, (networks, asked) => {
      const list = new BlockList();
      for (const { first, length } of networks)
        list.addSubnet(first, length, isIPv4(first) ? 'ipv4' : 'ipv6');
      const expected = list.check(asked, isIPv4(asked) ? 'ipv4' : 'ipv6');
      hits += Number(expected);
      const found = createNetworks(networks.map(({ first, length }) => `${first}/${length}`)).has(asked);
      expect(found).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
  expect(hits).toBeGreaterThan(50);
});

test('what is no address is in no network', () => {
  const networks = createNetworks(['0.0.0.0/0', '::/0', 'nowhere', '10.0.0.0/33']);
  expect(['', 'unknown', '1.2.3', '1.2.3.4:80', '10.0.0.0/8'].filter(networks.has)).toEqual([]);
});
