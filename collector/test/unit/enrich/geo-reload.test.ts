import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGeoDatabase } from '../../../src/ingest/geo-database.js';
import { fixturePath } from './read-fixture.js';

const city = fixturePath('geo/GeoIP2-City-Test.mmdb');
const country = fixturePath('geo/GeoIP2-Country-Test.mmdb');
const address = '2.125.160.216';
const inBoxford = { country: 'GB', region: 'ENG', city: 'Boxford' };
let directory: string;
let file: string;
let logged: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'footfall-geo-'));
  file = join(directory, 'places.mmdb');
  logged = [];
  await copyFile(country, file);
});
afterEach(() => rm(directory, { recursive: true }));

function open() {
  return openGeoDatabase(file, { log: (line) => void logged.push(line) });
}

test('a file that takes its place is taken up', async () => {
  const places = await open();
  expect(places.lookup(address)).toEqual({ country: 'GB', region: null, city: null });
  await copyFile(city, `${file}.new`);
  await rename(`${file}.new`, file);
  await places.reload();
  expect(places.lookup(address)).toEqual(inBoxford);
  expect(places.metadata.type).toBe('GeoIP2-City');
  expect(logged).toEqual([expect.stringMatching(/^geography: \S+places\.mmdb is in use as of \d{4}-/)]);
});

test('a file that is half written keeps the old one, with one line however often it changes', async () => {
  await copyFile(city, file);
  const places = await open();
  const bytes = await readFile(country);
  for (const part of [0, 0.3, 0.6]) {
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * part)));
    await places.reload();
    expect(places.lookup(address)).toEqual(inBoxford);
  }
  expect(logged).toEqual([
    `FOOTFALL_GEO_DB: expected a country or city database (.mmdb) at "${file}", got a file in another format; the one before stays in use`,
  ]);
  await writeFile(file, bytes);
  await places.reload();
  expect(places.lookup(address)).toEqual({ country: 'GB', region: null, city: null });
});

test('a file that is gone, or of another kind, keeps the old one', async () => {
  const places = await open();
  await copyFile(fixturePath('geo/GeoLite2-ASN-Test.mmdb'), file);
  await places.reload();
  await rm(file);
  await places.reload();
  expect(places.lookup(address).country).toBe('GB');
  expect(logged).toEqual([
    expect.stringContaining('got a database of type GeoLite2-ASN; the one before stays in use'),
  ]);
});
