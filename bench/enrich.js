/**
 * How often the caches of enrichment answer on a real log, and what a lookup costs with and without them.
 *
 *   node bench/enrich.js [access log, plain or .gz]
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';

const dist = new URL('../collector/dist/', import.meta.url);
const { parseLine } = await import(new URL('imports/parse-line.js', dist).href);
const { parseUserAgent } = await import(new URL('ingest/enrich/user-agent.js', dist).href);
const { detectBot } = await import(new URL('ingest/enrich/bot.js', dist).href);
const { remember } = await import(new URL('ingest/enrich/remember.js', dist).href);
const { openGeoDatabase } = await import(new URL('ingest/geo-database.js', dist).href);
const require = createRequire(new URL('ingest/', dist));
const { Reader } = require('maxmind');

const maxEntries = 10_000;
const log = process.argv[2] ?? 'collector/test/fixtures/access-log/semicomplete-2015.access.log.gz';
const lines = readLog(log);
const geo = await openGeoDatabase();

console.log(`${log}: ${lines.length} requests`);
printRate('user agent', countHits(lines.map(({ userAgent }) => userAgent ?? '')));
printRate('geography', countRecordHits(lines.map(({ address }) => address)));
printCost('user agent', (line) => parseUserAgent(line.userAgent ?? ''));
printCost('bot', (line) => detectBot(line.userAgent ?? ''));
printCost('geography', (line) => geo.lookup(line.address));

function readLog(path) {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .map(parseLine)
    .filter((line) => !('problem' in line));
}

/** Through the cache itself, of the size that the collector gives it. */
function countHits(keys) {
  const recall = remember({ maxEntries });
  let computed = 0;
  for (const key of keys) {
    recall(key, () => {
      computed += 1;
      return true;
    });
  }
  return { asked: keys.length, hits: keys.length - computed };
}

/** The reader remembers records, not addresses: all addresses of a network are one record. */
function countRecordHits(addresses) {
  const records = new Map();
  const count = { asked: 0, hits: 0 };
  const cache = {
    get(key) {
      count.asked += 1;
      const record = records.get(key);
      if (record !== undefined) count.hits += 1;
      return record;
    },
    set(key, record) {
      records.set(key, record);
    },
  };
  const reader = new Reader(readFileSync(geo.metadata.path), { cache });
  for (const address of addresses) reader.get(address);
  if (records.size > maxEntries)
    throw new Error(`expected at most ${maxEntries} records, got ${records.size}`);
  return count;
}

function printRate(name, { asked, hits }) {
  console.log(`${name.padEnd(12)} ${((100 * hits) / asked).toFixed(1)} % of ${asked} lookups from memory`);
}

/** The first pass over the log fills the caches, the second one finds all of it there. */
function printCost(name, look) {
  const [cold, warm] = [1, 2].map(() => {
    const startedAt = performance.now();
    for (const line of lines) look(line);
    return ((performance.now() - startedAt) * 1_000) / lines.length;
  });
  console.log(
    `${name.padEnd(12)} ${cold.toFixed(2)} µs a request in the first pass, ${warm.toFixed(2)} µs in the second`,
  );
}
