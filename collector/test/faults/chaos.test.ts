import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runChaos } from './chaos.js';
import { flawless } from './check-database.js';
import { describeReport } from './describe-report.js';

const timeoutMs = 180_000;

test(
  'kills, resets, replays, wrong clocks and outages lose nothing and count nothing twice',
  async () => {
    const spoolDir = await mkdtemp(join(tmpdir(), 'footfall-spool-'));
    const report = await runChaos(
      {
        eventsBetween: 300,
        clients: 20,
        eventsPerSecond: 400,
        commitKills: 5,
        randomKills: 2,
        postgresKills: 2,
        terminations: 1,
        outages: [2],
        resetEvery: 40,
      },
      spoolDir,
    );
    await rm(spoolDir, { recursive: true });
    console.log(describeReport(report));
    expect(report).toMatchObject({ ...flawless, commitKillsThatBit: 5, exitCodes: [0] });
    expect(report.acknowledged).toBe(report.stored);
    expect(report.resetAnswers).toBeGreaterThan(0);
    expect(report.spooledInOutages).toBeGreaterThan(0);
    expect(Object.values(report.kinds)).not.toContain(0);
    expect(Math.max(...report.terminationSeconds)).toBeLessThan(10);
  },
  timeoutMs,
);
