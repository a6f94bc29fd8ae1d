import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runChaos } from './chaos.js';
import { flawless } from './check-database.js';
import { describeReport } from './describe-report.js';

const scale = Number(process.env.FAULTS_SCALE ?? 1);
const scaled = (count: number) => Math.max(1, Math.round(count * scale));

/** The long form: `npm run faults`. FAULTS_SCALE=0.1 makes it shorter. */
test('a long run of all faults loses nothing and counts nothing twice', async () => {
  const spoolDir = await mkdtemp(join(tmpdir(), 'footfall-spool-'));
  const report = await runChaos(
    {
      eventsBetween: 2_000,
      clients: 40,
      eventsPerSecond: 500,
      commitKills: scaled(25),
      randomKills: scaled(25),
      postgresKills: scaled(12),
      terminations: scaled(6),
      outages: [...Array<number>(scaled(4)).fill(5), 600 * scale],
      resetEvery: 60,
    },
    spoolDir,
    console.log,
  );
  await rm(spoolDir, { recursive: true });
  console.log(describeReport(report));
  expect(report).toMatchObject(flawless);
  expect(report.acknowledged).toBe(report.stored);
  expect(report.acknowledged).toBeGreaterThan(300_000 * scale);
  expect(report.commitKills + report.randomKills + report.postgresKills).toBeGreaterThanOrEqual(60 * scale);
  expect(new Set(report.exitCodes)).toEqual(new Set([0]));
  expect(Math.max(...report.terminationSeconds)).toBeLessThan(10);
});
