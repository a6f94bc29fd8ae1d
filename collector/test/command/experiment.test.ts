import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { runFootfall } from '../run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await addSite(db.database, { site: 'shop', siteKey: 'shop', retentionDays: null });
});
afterAll(() => db.drop());

async function run(...args: string[]) {
  const command = ['experiment', ...args, '--site', 'shop'];
  const { code, stdout, stderr } = await runFootfall(command, { env: { DATABASE_URL: db.url } }).finished;
  return { code, said: (stdout + stderr).trim() };
}

test('an experiment is defined, started, ramped, changed, stopped and put away by command', async () => {
  expect(await run('layer', 'prices', '--unit', 'user')).toEqual({
    code: 0,
    said: 'layer prices divides each user',
  });
  const options = [
    '--variation',
    'control:0.8',
    '--variation',
    'cheap:0.2',
    '--coverage',
    '0.1',
    '--unit',
    'user',
  ];
  const targeting = ['--url', '/shop/*', '--condition', '{"country":"DE"}', '--layer', 'prices:0-0.5'];
  expect(await run('create', 'price', '--hypothesis', 'Less is more', ...options, ...targeting)).toEqual({
    code: 0,
    said: 'experiment price is a draft with control, cheap; footfall experiment start price --site shop',
  });
  expect(await run('start', 'price')).toEqual({
    code: 0,
    said: 'price\trunning\tphase 1\t10 % of units\tcontrol 80 %, cheap 20 %\tprice',
  });
  expect((await run('ramp', 'price', '0.5')).said).toContain('\t50 % of units\t');
  expect((await run('new-phase', 'price', '--variation', 'control', '--variation', 'cheap')).said).toContain(
    '\tphase 2\t50 % of units\tcontrol 50 %, cheap 50 %',
  );
  const shown = JSON.parse((await run('show', 'price', '--json')).said);
  expect(shown).toMatchObject({
    hypothesis: 'Less is more',
    unitType: 'user',
    urls: { include: ['/shop/*'] },
    condition: { country: 'DE' },
    layer: { layer: 'prices', start: 0, end: 0.5 },
    phases: [{ phase: 1 }, { phase: 2 }],
  });
  expect((await run('stop', 'price', '--winner', 'cheap')).said).toContain('price\tstopped');
  expect((await run('archive', 'price')).said).toContain('price\tarchived');
  expect((await run('list')).said).toContain('price\tarchived\tphase 2');
  const log = await db.query(`select distinct actor from footfall.audit_log where target = 'price'`);
  expect(log).toEqual([{ actor: 'command line' }]);
});

test('a definition comes from a file', async () => {
  const file = join(tmpdir(), `experiment-${process.pid}.json`);
  const variations = [{ key: 'control' }, { key: 'dark', value: { theme: 'dark' } }];
  await writeFile(file, JSON.stringify({ variations, plannedUnits: 500 }));
  await run('create', 'theme', '--file', file);
  expect(JSON.parse((await run('show', 'theme', '--json')).said)).toMatchObject({
    plannedUnits: 500,
    phases: [
      {
        variations: [
          { key: 'control', weight: 0.5 },
          { key: 'dark', value: { theme: 'dark' } },
        ],
      },
    ],
  });
});

test.each([
  [['create', 'a/b'], 2, /^key: expected 1 to 100 of A-Z/],
  [['create', 'x', '--coverage', 'half'], 2, /^coverage: expected a number from 0 to 1/],
  [['create', 'x', '--condition', '{'], 2, /^--condition: expected JSON/],
  [['create', 'x', '--metric', '{"key":"m","kind":"sum"}'], 2, /^metrics\.0\.kind: /],
  [['create'], 2, /expected 1 argument, got 0; usage: footfall experiment create KEY/],
  [
    ['start', 'nope'],
    1,
    /^experiment: the site "shop" has no experiment "nope" \(footfall experiment list --site shop\)/,
  ],
  [['ramp', 'theme', '1'], 1, /^status: ramp expects an experiment that is running, "theme" is draft/],
  [['stop', 'theme', '--winner', 'a/b'], 2, /^winner: expected 1 to 100/],
  [['preview', 'theme', 'light', 'https://shop.example/'], 2, /^variation: expected one of control, dark/],
])('%j ends with %i and says why', async (args, code, reason) => {
  const answer = await run(...args);
  expect(answer.said).toMatch(reason);
  expect(answer.code).toBe(code);
});
