import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, EngineBrowser } from '../engines/engine.js';
import { startRecordingServer } from '../recording-server.js';
import { startSite } from '../site.js';
import type { Scenario } from './scenarios.js';
import { createScene, type RunningScene, track } from './scene.js';

/** What became of the events of a scenario; the names are those that were captured, in order, tab by tab. */
export type Outcome = { sequences: string[][]; requests: number; seconds: number; problem?: string };

/** The outcomes by the title of their scenario, and a line about the engine. */
export type EngineRun = { summary: string; outcomes: Map<string, Outcome> };

const maxSeconds = 50;

/** Runs scenarios one after the other in one engine, in a browser that is closed at the end. */
export async function runScenarios(
  engine: Engine,
  { scenarios, upstream }: { scenarios: Scenario[]; upstream: string },
): Promise<EngineRun> {
  const folder = await mkdtemp(join(tmpdir(), `footfall-${engine.name}-`));
  const newProfile = () => mkdtemp(join(folder, 'profile-'));
  const outcomes = new Map<string, Outcome>();
  const browser = await engine.start({ profile: await newProfile() });
  try {
    for (const [n, scenario] of scenarios.entries()) {
      const label = `${engine.name}-${n}`;
      outcomes.set(scenario.title, await runOne({ engine, scenario, browser, label, upstream, newProfile }));
    }
    return { summary: summarize(browser.version, outcomes), outcomes };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function summarize(version: string, outcomes: Map<string, Outcome>): string {
  const all = [...outcomes.values()];
  const sum = (of: (outcome: Outcome) => number) => all.reduce((total, outcome) => total + of(outcome), 0);
  return `${version}: ${all.length} scenarios in ${sum(({ seconds }) => seconds).toFixed(0)} s, ${sum(({ requests }) => requests)} requests`;
}

type Run = {
  engine: Engine;
  scenario: Scenario;
  browser: EngineBrowser;
  label: string;
  upstream: string;
  newProfile: () => Promise<string>;
};

async function runOne({ engine, scenario, browser, label, upstream, newProfile }: Run): Promise<Outcome> {
  const startedAt = Date.now();
  const server = await startRecordingServer({ upstream });
  const site = await startSite(server.origin);
  const scene = createScene({ engine, label, server, site, browser, newProfile });
  const absent = scenario.absent?.[engine.name];
  const work = absent
    ? absent.isAbsent(scene).then(expectAbsence)
    : scenario.run(scene).then(() => drain(scene));
  const problem = await within(work);
  await scene.end();
  await Promise.all([server.close(), site.close()]);
  const seconds = (Date.now() - startedAt) / 1000;
  return {
    sequences: scene.sequences,
    requests: server.received.length,
    seconds,
    ...(problem && { problem }),
  };
}

/** A last event, that nothing is left behind which would have been sent a second time. */
async function drain(scene: RunningScene): Promise<void> {
  const last = scene.name(1);
  await track(await scene.open('/end'), last);
  await scene.stored(last);
}

function expectAbsence(isAbsent: boolean): void {
  if (!isAbsent) throw new Error('the engine has what the table says that it lacks');
}

/** The reason why a scenario did not come to its end. */
async function within(work: Promise<void>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, maxSeconds * 1000, `nothing more arrived within ${maxSeconds} s`);
  });
  const failed = work.then(
    () => undefined,
    (error: Error) => error.message,
  );
  const problem = await Promise.race([failed, tooLong]);
  clearTimeout(timer);
  return problem;
}
