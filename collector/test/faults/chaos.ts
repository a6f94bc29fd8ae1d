import { setTimeout as delay } from 'node:timers/promises';
import { vi } from 'vitest';
import { checkDatabase, findUnacknowledged, type Verdict } from './check-database.js';
import { type CollectorProcess, prepareCollector } from './collector-process.js';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.js';
import { type HttpProxy, startHttpProxy } from './http-proxy.js';
import { type Load, startLoad } from './load.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';

/** How often each fault is caused, while the load runs. */
export type Plan = {
  /** Acknowledged between a fault and the next. */
  eventsBetween: number;
  clients: number;
  eventsPerSecond?: number;
  commitKills: number;
  randomKills: number;
  postgresKills: number;
  terminations: number;
  /** Seconds of each time that the database is out of reach. */
  outages: number[];
  /** Each how manieth answer is reset halfway. */
  resetEvery: number;
};

export type Report = Verdict & {
  commitKills: number;
  /** Kills between COMMIT and the answer that left events in the database which nobody acknowledged. */
  commitKillsThatBit: number;
  randomKills: number;
  /** Those with requests under way. */
  randomKillsThatBit: number;
  /** All of them broke connections of the collector. */
  postgresKills: number;
  terminationsUnderWay: number;
  resetAnswers: number;
  terminationSeconds: number[];
  exitCodes: (number | null)[];
  spooledInOutages: number;
  outageSeconds: number[];
  answers: Load['oracle']['answers'];
  kinds: Load['oracle']['kinds'];
};

type Stage = {
  postgres: PostgresServer;
  database: DatabaseProxy;
  collector: CollectorProcess;
  http: HttpProxy;
  load: Load;
  /** Events that were in the database, unacknowledged, after a kill. */
  committed: Set<string>;
  report: Omit<Report, keyof Verdict | 'answers' | 'kinds' | 'resetAnswers'>;
};

const spoolWaitMs = 900_000;
const restartMs = 30_000;

/** Runs a load, causes the faults of a plan in random order, lets all come to rest and compares. */
export async function runChaos(
  plan: Plan,
  spoolDir: string,
  log: (line: string) => void = () => {},
): Promise<Report> {
  const stage = await setUp(plan, spoolDir);
  const faults = shuffle([
    ...Array<Fault>(plan.commitKills).fill(killAtCommit),
    ...Array<Fault>(plan.randomKills).fill(killAtRandom),
    ...Array<Fault>(plan.postgresKills).fill(killPostgres),
    ...Array<Fault>(plan.terminations).fill(terminate),
    ...plan.outages.map(
      (seconds): Fault =>
        (at) =>
          loseDatabase(at, seconds),
    ),
  ]);
  try {
    for (const fault of faults) {
      await stage.load.until(stage.load.oracle.acknowledged.size + plan.eventsBetween);
      await fault(stage);
      log(`${stage.load.oracle.acknowledged.size} events acknowledged, after ${fault.name || 'outage'}`);
    }
    await stage.load.until(stage.load.oracle.acknowledged.size + plan.eventsBetween);
    await stage.load.finish();
    await drained(stage);
    return await toReport(stage);
  } finally {
    await tearDown(stage);
  }
}

async function setUp({ clients, eventsPerSecond, resetEvery }: Plan, spoolDir: string): Promise<Stage> {
  const postgres = await startPostgres();
  const database = await startDatabaseProxy(postgres.url);
  const collector = await prepareCollector({ DATABASE_URL: database.url(), FOOTFALL_SPOOL_DIR: spoolDir });
  await collector.start();
  const http = await startHttpProxy({ port: collector.port, every: resetEvery });
  const pace = eventsPerSecond === undefined ? {} : { eventsPerSecond };
  const load = startLoad({ origin: http.origin, clients, ...pace });
  const report = {
    commitKills: 0,
    commitKillsThatBit: 0,
    randomKills: 0,
    randomKillsThatBit: 0,
    postgresKills: 0,
    terminationsUnderWay: 0,
    terminationSeconds: [],
    exitCodes: [],
    spooledInOutages: 0,
    outageSeconds: [],
  };
  return { postgres, database, collector, http, load, report, committed: new Set() };
}

async function tearDown({ postgres, database, collector, http }: Stage): Promise<void> {
  await collector.terminate();
  await http.close();
  await database.close();
  await postgres.remove();
}

type Fault = (stage: Stage) => Promise<void>;

/** The database has committed, the collector dies before it hears of it. Again where the commit held nothing new. */
const killAtCommit: Fault = async (stage) => {
  const { postgres, database, collector, load, report, committed } = stage;
  for (let bit = false; !bit; ) {
    await new Promise<void>((resolve) => {
      database.atNextCommit(() => void collector.kill().then(() => resolve()));
    });
    report.commitKills += 1;
    const unacknowledged = await findUnacknowledged(postgres.url(), load.oracle);
    bit = unacknowledged.some((id) => !committed.has(id));
    for (const id of unacknowledged) committed.add(id);
    await collector.start();
  }
  report.commitKillsThatBit += 1;
};

const killAtRandom: Fault = async ({ collector, load, report }) => {
  await delay(Math.random() * 300);
  report.randomKills += 1;
  if (load.oracle.inFlight > 0) report.randomKillsThatBit += 1;
  await collector.kill();
  await collector.start();
};

const killPostgres: Fault = async ({ postgres, database, report }) => {
  const before = database.breaks();
  await postgres.kill();
  await vi.waitUntil(() => database.breaks() > before, { timeout: restartMs, interval: 10 });
  report.postgresKills += 1;
};

const terminate: Fault = async ({ collector, load, report }) => {
  if (load.oracle.inFlight > 0) report.terminationsUnderWay += 1;
  const { code, seconds } = await collector.terminate();
  report.terminationSeconds.push(seconds);
  report.exitCodes.push(code);
  await collector.start();
};

async function loseDatabase({ database, collector, load, report }: Stage, seconds: number): Promise<void> {
  const before = await collector.readMetric(/^footfall_events_total\{outcome="spooled"/);
  const acknowledged = load.oracle.acknowledged.size;
  const began = performance.now();
  database.cut();
  await delay(seconds * 1000);
  await load.until(acknowledged + 100);
  const after = await collector.readMetric(/^footfall_events_total\{outcome="spooled"/);
  database.restore();
  report.spooledInOutages += after - before;
  report.outageSeconds.push(Math.round((performance.now() - began) / 1000));
}

/** Waits until the spool is empty. */
async function drained({ collector }: Stage): Promise<void> {
  const isEmpty = async () => (await collector.readMetric(/^footfall_spool_bytes/)) === 0;
  await vi.waitUntil(isEmpty, { timeout: spoolWaitMs, interval: 50 });
}

async function toReport({ postgres, load, http, report }: Stage): Promise<Report> {
  const { answers, kinds } = load.oracle;
  const verdict = await checkDatabase(postgres.url(), load.oracle);
  return { ...verdict, ...report, resetAnswers: http.resets(), answers, kinds };
}

function shuffle<Item>(items: Item[]): Item[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
