import { watchFile } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { open, type Reader, type Response } from 'maxmind';
import { createNetworks } from '../access/networks.js';
import { StartError } from '../start-error.js';
import { nowhere, type Place, readPlace } from './enrich/geo.js';

export type GeoDatabase = {
  lookup(address: string): Place;
  readonly metadata: { path: string; type: string; builtAt: Date; ipVersion: number };
  /** Takes up the file as it is now. A file that is damaged, or only half there, leaves the old one in use. */
  reload(): Promise<void>;
};

type Options = {
  /** Absent: the file is read once. */
  log?: (line: string) => void;
};

const watchMs = 5_000;

/** The country database that comes with the collector: CC0, from the registries' own records, no city. */
const shipped = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

/** Ranges that belong to no country: RFC 6890 special-purpose addresses that a client may show up with. */
const unplaceable = createNetworks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
]);

/**
 * Opens a database in MaxMind's format (https://maxmind.github.io/MaxMind-DB/). It is read into memory at once, and the
 * last 10,000 records stay decoded, so that an address takes about 2 microseconds. With a log it follows the file.
 *
 * @throws StartError when the file is missing, damaged, or about something else than places
 */
export async function openGeoDatabase(path?: string, { log }: Options = {}): Promise<GeoDatabase> {
  const file = path ?? createRequire(import.meta.url).resolve(shipped);
  let reader = await openReader(file);
  let isBroken = false;

  async function reload(): Promise<void> {
    try {
      reader = await openReader(file);
      log?.(`geography: ${file} is in use as of ${reader.metadata.buildEpoch.toISOString()}`);
      isBroken = false;
    } catch (error) {
      // A file that is still being written changes many times: the first of them is worth a line.
      if (!isBroken) log?.(`${error instanceof Error ? error.message : error}; the one before stays in use`);
      isBroken = true;
    }
  }

  // Polling sees a rename as well, on every file system; a watcher of the file itself would stay with the old one.
  if (log) watchFile(file, { persistent: false, interval: watchMs }, () => void reload());
  return {
    lookup: (address) => lookUp(reader, address),
    get metadata() {
      const { databaseType, buildEpoch, ipVersion } = reader.metadata;
      return { path: file, type: databaseType, builtAt: buildEpoch, ipVersion };
    },
    reload,
  };
}

async function openReader(path: string): Promise<Reader<Response>> {
  const reader = await open<Response>(path).catch((cause: unknown) => refuse(path, reasonOf(cause), cause));
  const { databaseType } = reader.metadata;
  if (typeof databaseType !== 'string' || !isAboutPlaces(databaseType)) {
    return refuse(path, `a database of type ${databaseType}`);
  }
  try {
    reader.get('8.8.8.8');
  } catch (cause) {
    refuse(path, 'a damaged file', cause);
  }
  return reader;
}

/** GeoLite2-ASN, GeoIP2-ISP, -Domain, -Connection-Type and -Anonymous-IP share the format and hold no place. */
function isAboutPlaces(type: string): boolean {
  return /country|city|enterprise|location/i.test(type) || !/asn|isp|domain|connection|anonymous/i.test(type);
}

function refuse(path: string, got: string, cause?: unknown): never {
  throw new StartError(
    `FOOTFALL_GEO_DB: expected a country or city database (.mmdb) at "${path}", got ${got}`,
    {
      exitCode: 2,
      cause,
    },
  );
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'a directory';
  if (code === 'EACCES') return 'no permission to read it';
  return 'a file in another format';
}

function lookUp(reader: Reader<Response>, address: string): Place {
  const plain = toPlainAddress(address);
  const version = isIP(plain);
  if (version === 0 || unplaceable.has(plain)) return nowhere;
  // A tree of 32 levels takes the first half of an IPv6 address for an IPv4 one.
  if (version === 6 && reader.metadata.ipVersion === 4) return nowhere;
  try {
    return readPlace(reader.get(plain));
  } catch {
    // A damaged record must cost its country, never the event.
    return nowhere;
  }
}

/** ::ffff:192.0.2.1, as a dual-stack socket reports it, is the IPv4 address; a zone (%eth0) is local to the machine. */
function toPlainAddress(address: string): string {
  const plain = address.replace(/%.*$/, '');
  const mapped = /^(?:::|(?:0{1,4}:){5})ffff:([\da-f.:]+)$/i.exec(plain)?.[1];
  if (mapped === undefined || mapped.includes('.')) return mapped ?? plain;
  const [high = 0, low = 0] = mapped.split(':').map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
