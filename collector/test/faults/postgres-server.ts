import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEmbedded } from '../../src/db/embedded/open.js';

/** A PostgreSQL server that a test may stop, start and kill. */
export type PostgresServer = {
  url(): string;
  /** kill -9 of the whole server; it is started again, on the same port, by what watches it. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
};

/** Starts an embedded server of the test's own in a temporary directory. */
export async function startPostgres(): Promise<PostgresServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-faults-'));
  await chmod(dataDir, 0o755);
  const open = () => openEmbedded({ dataDir, mode: 'own', log: () => {} });
  let server = await open();
  return {
    url: () => server.url,
    kill: () => killServer(server.dataDir),
    stop: () => server.stop(),
    async start() {
      server = await open();
    },
    async remove() {
      await server.stop();
      for (const directory of [dirname(server.dataDir), dataDir]) {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** Kills the server of a data directory with all of its processes, so that none finishes what it has begun. */
export async function killServer(directory: string): Promise<void> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 1)) return;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const victim of [pid, ...children.split(' ').map(Number)]) if (victim > 1) killNow(victim);
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
