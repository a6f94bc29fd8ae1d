import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StartError } from '../start-error.js';
import type { StoredMap } from './store.js';

const maxMapBytes = 64 * 1024 * 1024;

/**
 * The source maps below a folder, each under the path of the file that it belongs to.
 *
 * @throws StartError where the folder is none, holds no map, or a map does not parse
 */
export async function readMaps(folder: string): Promise<StoredMap[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new StartError(`DIR: expected a folder with source maps, got "${folder}"`, { exitCode: 2 });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0)
    throw new StartError(`DIR: expected files that end with .map below "${folder}", found none`);
  return Promise.all(files.map((file) => readMap(folder, file)));
}

async function readMap(folder: string, file: string): Promise<StoredMap> {
  const map = await readFile(file, 'utf8');
  const name = relative(folder, file).split(sep).join('/');
  if (Buffer.byteLength(map) > maxMapBytes)
    throw new StartError(`${name}: expected at most ${maxMapBytes} bytes, got ${Buffer.byteLength(map)}`);
  expectMap(name, map);
  return { file: name.replace(/\.map$/, ''), map };
}

function expectMap(name: string, text: string): void {
  let version: unknown;
  try {
    const value: unknown = JSON.parse(text);
    version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  } catch (error) {
    throw new StartError(`${name}: expected a source map as JSON`, { cause: error });
  }
  if (version !== 3)
    throw new StartError(`${name}: expected a source map of version 3, got ${String(version)}`);
}
