import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { nowhere, readPlace } from '../../../src/ingest/enrich/geo.js';
import { openGeoDatabase } from '../../../src/ingest/geo-database.js';
import { StartError } from '../../../src/start-error.js';
import { measure } from './measure.js';
import { fixturePath, readFixture } from './read-fixture.js';

type Case = { db: string; ip: string; expect: Record<'country' | 'region' | 'city', string | null> | null };
type KnownAddress = { ip: string; geo_whois_asn: string; consensus_country: string | null };

test.for(['GeoIP2-City-Test', 'GeoIP2-Country-Test', 'GeoLite2-City-Test'])(
  '%s: every place is right',
  async (name) => {
    const database = await openGeoDatabase(fixturePath(`geo/${name}.mmdb`));
    const cases = readFixture<Case>('geo/maxmind-test-cases.jsonl').filter(({ db }) => db === name);
    const rows = cases.map(({ ip, expect: wanted }) => ({
      label: ip,
      wanted: JSON.stringify({ ...nowhere, ...wanted }),
      got: JSON.stringify(database.lookup(ip)),
    }));
    expect(rows.length).toBeGreaterThan(100);
    expect(measure(rows)).toEqual({ rate: 1, wrong: [] });
  },
);

test('well-known addresses are where three of four databases agree that they are', async () => {
  const { lookup } = await openGeoDatabase();
  const rows = readFixture<KnownAddress>('geo/real-ip-well-known.jsonl').filter(
    (row) => row.consensus_country !== null,
  );
  expect(rows.length).toBe(12);
  expect(rows.map(({ ip }) => lookup(ip).country)).toEqual(rows.map((row) => row.consensus_country));
});

test.for(['::ffff:8.8.8.8', '::FFFF:808:808', '0:0:0:0:0:ffff:8.8.8.8', '2001:4860:4860::8888'])(
  '%s is in the US',
  async (address) => {
    const { lookup } = await openGeoDatabase();
    expect(lookup(address).country).toBe('US');
  },
);

test.for([
  '127.0.0.1',
  '::1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.0.1',
  '100.64.0.1',
  'fe80::1%eth0',
  'fd00::1',
  '::ffff:10.0.0.1',
  '',
  'x',
  '8.8.8',
  '8.8.8.8.8',
  '8.8.8.8:443',
])('"%s" is nowhere', async (address) => {
  const { lookup } = await openGeoDatabase();
  expect(lookup(address)).toEqual(nowhere);
});

test('a database of IPv4 addresses does not answer for IPv6', async () => {
  const path = createRequire(import.meta.url).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-ipv4.mmdb',
  );
  const { lookup, metadata } = await openGeoDatabase(path);
  expect(metadata.ipVersion).toBe(4);
  expect(lookup('8.8.8.8').country).toBe('US');
  expect(lookup('2001:4860:4860::8888')).toEqual(nowhere);
});

test.for([
  ['/no/such/file.mmdb', 'no such file'],
  [fixturePath('geo'), 'a directory'],
  [fixturePath('geo/README.md'), 'a file in another format'],
  [fixturePath('geo/GeoLite2-ASN-Test.mmdb'), 'a database of type GeoLite2-ASN'],
] as const)('%s stops the start: %s', async ([path, reason]) => {
  const opened = openGeoDatabase(path);
  await expect(opened).rejects.toThrow(StartError);
  await expect(opened).rejects.toThrow(
    `FOOTFALL_GEO_DB: expected a country or city database (.mmdb) at "${path}", got ${reason}`,
  );
});

test('the flat schema, the nested one and names without codes are read', () => {
  const flat = { country_code: 'DE', state1: 'Hesse', city: 'Frankfurt', latitude: 50.1 };
  expect(readPlace(flat)).toEqual({ country: 'DE', region: 'Hesse', city: 'Frankfurt' });
  const nested = {
    country: { iso_code: 'SE' },
    subdivisions: [{ iso_code: 'E' }],
    city: { names: { en: 'Linköping' } },
  };
  expect(readPlace(nested)).toEqual({ country: 'SE', region: 'E', city: 'Linköping' });
  const named = { country: { iso_code: 'GB' }, subdivisions: [{ names: { en: 'England' } }] };
  expect(readPlace(named)).toEqual({ country: 'GB', region: 'England', city: null });
});

test.for([
  null,
  undefined,
  1,
  'DE',
  [],
  {},
  { country: 'DE' },
  { country: { iso_code: 7 } },
  { autonomous_system_number: 1 },
])('the record %o is nowhere', (record) => {
  expect(readPlace(record)).toEqual(nowhere);
});

test('the country where an address is registered is no place', () => {
  expect(readPlace({ registered_country: { iso_code: 'US' } })).toEqual(nowhere);
});
