export type Place = Readonly<{ country: string | null; region: string | null; city: string | null }>;

export const nowhere: Place = Object.freeze({ country: null, region: null, city: null });

/**
 * Reads one record of a geo database: MaxMind's nested schema
 * (https://dev.maxmind.com/geoip/docs/databases/city-and-country) or the flat one of ip-location-db (https://github.com/sapics/ip-location-db). The country is where the address is
 * used, so registered_country is no substitute. Regions are ISO 3166-2 codes without the country in the nested schema
 * and names in the flat one; DB-IP's databases are nested and have names only.
 */
export function readPlace(record: unknown): Place {
  if (!isRecord(record)) return nowhere;
  const place = readText(record, 'country_code') === null ? readNested(record) : readFlat(record);
  return Object.values(place).every((value) => value === null) ? nowhere : place;
}

function readNested(record: Record<string, unknown>): Place {
  const subdivisions = record.subdivisions;
  const subdivision = Array.isArray(subdivisions) ? subdivisions[0] : undefined;
  return {
    country: readText(record.country, 'iso_code'),
    region: readText(subdivision, 'iso_code') ?? readEnglishName(subdivision),
    city: readEnglishName(record.city),
  };
}

function readFlat(record: Record<string, unknown>): Place {
  return {
    country: readText(record, 'country_code'),
    region: readText(record, 'state1') ?? readText(record, 'region'),
    city: readText(record, 'city'),
  };
}

function readEnglishName(record: unknown): string | null {
  return isRecord(record) ? readText(record.names, 'en') : null;
}

function readText(record: unknown, key: string): string | null {
  const value = isRecord(record) ? record[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
