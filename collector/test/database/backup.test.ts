import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';
import {
  createTestDatabase,
  newId,
  startTestCollector,
  type TestCollector,
  type TestDatabase,
} from '../test-collector.js';

const dayMs = 86_400_000;
let source: TestCollector;
let directory: string;
let file: string;

beforeAll(async () => {
  source = await startTestCollector();
  directory = await mkdtemp(join(tmpdir(), 'footfall-backup-'));
  file = join(directory, 'footfall.tar.gz');
});
afterAll(async () => {
  await source.stop();
  await rm(directory, { recursive: true, force: true });
});

function footfall(url: string, ...args: string[]) {
  return runFootfall(args, { env: { DATABASE_URL: url } }).finished;
}

async function createEmptyDatabase(): Promise<TestDatabase> {
  const empty = await createTestDatabase();
  await empty.query('drop schema footfall, pipeline cascade');
  return empty;
}

/** All rows of every table that is in a backup, as text. */
async function readAll({ query }: Pick<TestDatabase, 'query'>) {
  const tables = await query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'footfall'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname not in ('schema_migrations', 'visitor_salts', 'operator_sessions', 'operator_tokens') order by 1`,
  );
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await query<{ row: string }>(`select t::text as row from footfall.${name} t order by 1`);
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}

test('a database is restored elsewhere, row by row, with its policies', async () => {
  const now = Date.now();
  const hostile = 'tab\t newline\n backslash \\N \\. "quote" é 😀';
  for (const age of [0, 1, 30]) {
    const at = now - age * dayMs;
    const events = [
      { id: newId(at), type: 'pageview', ts: at, url: 'https://a.example/', title: hostile },
      { id: newId(at), type: 'custom', name: 'buy', ts: at, props: { hostile, deep: { list: [1, null] } } },
      { id: newId(at), type: 'nonsense', ts: at },
    ];
    expect(await source.send({ sentAt: now, visitor: { id: 'v' }, events })).toMatchObject({ status: 200 });
  }
  await source.query(`select footfall.roll_up('demo', 400)`);
  const before = await readAll(source);
  const written = await footfall(source.url, 'backup', file, '--json');
  expect(written, written.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(written.stdout).rows).toMatchObject({ events: 6, dead_letter: 3, sites: 2 });

  const target = await createEmptyDatabase();
  const restored = await footfall(target.url, 'restore', file, '--json');
  expect(restored, restored.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(restored.stdout)).toEqual(JSON.parse(written.stdout));
  const after = await readAll(target);
  expect({ ...after, rollup_marks: [] }).toEqual({ ...before, rollup_marks: [] });
  const [open] = await target.query(
    `select count(*) as tables from pg_class a where a.relnamespace = 'footfall'::regnamespace and a.relrowsecurity
     and not a.relforcerowsecurity`,
  );
  expect(open).toEqual({ tables: 0 });

  await target.query(`insert into footfall.sites (site, name) values ('fresh', 'Fresh')`);
  expect(await footfall(target.url, 'restore', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--overwrite deletes all of it'),
  });
  expect(await footfall(target.url, 'restore', file, '--overwrite')).toMatchObject({ code: 0 });
  expect((await readAll(target)).sites).toEqual(before.sites);
  await target.drop();
});

test('an archive that is cut off, changed or none at all restores nothing that a collector would start on', async () => {
  const target = await createEmptyDatabase();
  const bytes = await readFile(file);
  const broken = join(directory, 'broken.tar.gz');
  await writeFile(broken, bytes.subarray(0, bytes.length - 200));
  expect(await footfall(target.url, 'restore', broken)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected a whole archive of footfall backup'),
  });
  expect(await footfall(target.url, 'migrate')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('restore a backup'),
  });
  await writeFile(broken, 'hello');
  expect(await footfall(target.url, 'restore', broken)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected a whole archive of footfall backup'),
  });
  expect(await footfall(target.url, 'restore', file)).toMatchObject({ code: 0 });
  expect(await footfall(target.url, 'migrate')).toMatchObject({ code: 0 });
  await target.drop();
});

test('nothing is restored under a collector that runs', async () => {
  expect(await footfall(source.url, 'restore', file, '--overwrite')).toMatchObject({
    code: 1,
    stderr: 'database: a collector is connected; stop it first\n',
  });
});
