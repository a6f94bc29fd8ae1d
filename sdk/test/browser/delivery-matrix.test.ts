import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCollector, type TestCollector } from '../../../collector/test/test-collector.js';
import { type Counts, describeMatrix } from './delivery/describe-matrix.js';
import { type EngineRun, type Outcome, runScenarios } from './delivery/run-matrix.js';
import { type Scenario, scenarios } from './delivery/scenarios.js';
import { chromium } from './engines/chromium.js';
import type { EngineName } from './engines/engine.js';
import { firefox } from './engines/firefox.js';
import { webkit } from './engines/webkit.js';

const engines = [chromium, firefox, webkit];
const runs = new Map<EngineName, Promise<EngineRun>>();
const counts = new Map<EngineName, Map<string, Counts>>(engines.map(({ name }) => [name, new Map()]));
let collector: TestCollector;

beforeAll(async () => {
  collector = await startTestCollector();
  // All engines at once, since a scenario waits more than it works.
  for (const engine of engines) {
    const run = runScenarios(engine, { scenarios, upstream: collector.origin });
    runs.set(engine.name, run);
    run.catch(() => undefined);
  }
});
afterAll(async () => {
  await Promise.allSettled(runs.values());
  await collector.stop();
});

/** What the database holds of a scenario, in the order of the ids, which is that of capture. */
async function storedNames({ sequences }: Outcome): Promise<string[]> {
  const rows = await collector.query<{ name: string }>(
    `select name from footfall.events where name = any($1::text[]) order by event_id`,
    [sequences.flat()],
  );
  return rows.map(({ name }) => name);
}

/** A wrong clock is put right by the collector. */
async function storedAtOddTimes({ sequences }: Outcome): Promise<number> {
  const rows = await collector.query(
    `select 1 from footfall.events
     where name = any($1::text[]) and occurred_at not between now() - interval '10 minutes' and now()`,
    [sequences.flat()],
  );
  return rows.length;
}

async function judge(engine: EngineName, { title }: Scenario): Promise<void> {
  const outcome = (await runs.get(engine))?.outcomes.get(title);
  if (!outcome) throw new Error('the scenario did not run');
  const names = await storedNames(outcome);
  const inOrder = outcome.sequences.map((sequence) => names.filter((name) => sequence.includes(name)));
  counts.get(engine)?.set(title, { captured: outcome.sequences.flat().length, stored: names.length });
  expect(outcome.problem).toBeUndefined();
  expect(inOrder).toEqual(outcome.sequences);
  expect(await storedAtOddTimes(outcome)).toBe(0);
}

describe.each(engines)('$name', ({ name }) => {
  it.each(scenarios)('$title', { timeout: 420_000 }, (scenario) => judge(name, scenario));
});

it('is what docs/delivery.md says', async () => {
  const table = describeMatrix(scenarios, counts);
  for (const run of runs.values()) console.log((await run).summary);
  console.log(table);
  expect(await readFile(new URL('../../../docs/delivery.md', import.meta.url), 'utf8')).toContain(table);
});
