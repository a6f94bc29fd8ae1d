import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** The last migration that the version before knows. */
export const previousSchema = 12;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = ['sdk.js', 'sdk-experiments.js', 'vitals.js'];
const dashboard = ['overview.html', 'overview.css', 'overview.js'];

/** Lays out the version before as it was installed: its program, its migrations, and the packages that it needs. */
export async function installPrevious(): Promise<{ executable: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'footfall-previous-'));
  const executable = join(directory, 'collector/src/collector.mjs');
  const bundle = await readFile(join(root, 'collector/test/fixtures/previous/collector.mjs.br'));
  await place(executable, brotliDecompressSync(bundle));
  // What browsers load plays no part here.
  for (const name of pages) await place(join(directory, 'collector/dist/assets', name), '');
  for (const name of dashboard) await place(join(directory, 'dist/assets/dashboard', name), '');
  await linkPackages(directory);
  await copyMigrations(join(directory, 'node_modules/@footfall/schema'));
  return { executable, remove: () => rm(directory, { recursive: true }) };
}

async function place(file: string, content: string | Buffer): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
}

async function linkPackages(directory: string): Promise<void> {
  await mkdir(join(directory, 'node_modules'));
  await symlink(join(root, 'collector/node_modules'), join(directory, 'collector/node_modules'));
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@footfall')
      await symlink(join(root, 'node_modules', name), join(directory, 'node_modules', name));
  }
}

async function copyMigrations(schema: string): Promise<void> {
  await place(join(schema, 'package.json'), '{ "name": "@footfall/schema" }');
  await mkdir(join(schema, 'migrations'));
  for (const file of await readdir(join(root, 'schema/migrations'))) {
    if (Number.parseInt(file, 10) <= previousSchema)
      await copyFile(join(root, 'schema/migrations', file), join(schema, 'migrations', file));
  }
}
