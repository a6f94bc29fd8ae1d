import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StartError } from '../start-error.js';
import { findProblem } from './check-map.js';
import type { StoredMap } from './store.js';

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
  const problem = findProblem(map);
  if (problem !== undefined) throw new StartError(`${name}: ${problem}`);
  return { file: name.replace(/\.map$/, ''), map };
}
