import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { StartError } from '../start-error.js';
import type { StoredMap } from './store.js';

const compress = promisify(gzip);
const maxTries = 10;

type Target = { url: string; key: string; site: string; release: string };

/**
 * Sends maps to a collector, one after the other.
 *
 * @throws StartError with the collector's reason where it refuses one, or where it cannot be reached
 */
export async function uploadMaps(target: Target, maps: readonly StoredMap[]): Promise<void> {
  for (const map of maps) await uploadMap(target, map, maxTries);
}

async function uploadMap(target: Target, { file, map }: StoredMap, triesLeft: number): Promise<void> {
  const response = await post(target, file, await compress(map));
  if (response.ok) return;
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  if (seconds > 0 && triesLeft > 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000 * seconds));
    return uploadMap(target, { file, map }, triesLeft - 1);
  }
  const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
  throw new StartError(`${file}: ${response.status} ${body.error?.message ?? response.statusText}`);
}

async function post({ url, key, site, release }: Target, file: string, body: Buffer): Promise<Response> {
  const address = new URL(`${url}/api/v1/source-maps`);
  address.search = new URLSearchParams({ site, release, file }).toString();
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  };
  try {
    return await fetch(address, { method: 'POST', headers, body: new Uint8Array(body) });
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new StartError(`--url: cannot reach ${url}: ${reason}`, { cause: error });
  }
}
