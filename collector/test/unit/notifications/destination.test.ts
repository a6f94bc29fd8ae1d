import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNetworks } from '../../../src/access/networks.js';
import { findDestination } from '../../../src/notifications/find-destination.js';
import { isForbidden } from '../../../src/notifications/forbidden-address.js';

const hosts = [
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433', // decimal
  '0x7f000001',
  '0177.0.0.1', // octal
  '0x7f.1',
  '0',
  '0.0.0.0',
  'localhost',
  '10.1.2.3',
  '012.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254', // metadata of most clouds
  '2852039166', // the same in decimal
  '100.100.100.200', // metadata of Alibaba's
  '168.63.129.16', // metadata of Azure
  '192.0.0.192', // metadata of Oracle's
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  '192.0.2.1',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:0:7f00:1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]', // 6to4
  '[2001:0:4136:e378::1]', // Teredo
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]', // metadata of Amazon's
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
];

describe('an address that a webhook may not reach', () => {
  it.each(hosts)('%s', async (host) => {
    await expect(findDestination(`http://${host}/hook`, { allowed: undefined })).rejects.toThrow(
      /not of the public internet/,
    );
  });

  it.each(['ftp://8.8.8.8/', 'file:///etc/passwd', 'gopher://8.8.8.8/', 'javascript:1', 'nonsense', ''])(
    'no http(s): %s',
    async (url) => {
      await expect(findDestination(url, { allowed: undefined })).rejects.toThrow('expected an http(s) URL');
    },
  );

  it('in whatever way it is written', async () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const networks = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127, 224, 239, 240, 255), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    await fc.assert(
      fc.asyncProperty(networks, fc.integer({ min: 0, max: 5 }), async (bytes, way) => {
        const url = `http://${write(bytes, way)}/`;
        await expect(findDestination(url, { allowed: undefined })).rejects.toThrow(/public internet/);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('one of several addresses of its name', async () => {
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    await expect(findDestination('https://hook.example/', { allowed: undefined, resolve })).rejects.toThrow(
      /public internet/,
    );
  });
});

function write([a, b, c, d]: readonly [number, number, number, number], way: number): string {
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = number.toString(16).padStart(8, '0');
  const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
  const octal = [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.');
  const ways = [
    `${a}.${b}.${c}.${d}`,
    String(number),
    `0x${hex}`,
    octal,
    `[::ffff:${groups}]`,
    `[64:ff9b::${groups}]`,
  ];
  return ways[way] ?? '';
}

it.each([
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '2606:4700:4700::1111',
  '2a00:1450:4001:82a::200e',
])('%s is of the public internet', (address) => {
  expect(isForbidden(address, undefined)).toBe(false);
});

it('what the operator allows is reached, and nothing beside it', () => {
  const allowed = createNetworks(['10.1.0.0/16']);
  expect(isForbidden('10.1.2.3', allowed)).toBe(false);
  expect(isForbidden('::ffff:10.1.2.3', allowed)).toBe(false);
  expect(isForbidden('10.2.0.1', allowed)).toBe(true);
  expect(isForbidden('::1', allowed)).toBe(true);
});
