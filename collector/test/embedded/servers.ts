import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type EmbeddedServer, openEmbedded } from '../../src/db/embedded/open.js';

type Mode = 'own' | 'join';
type Answer = { url: string; how: string; error?: string };

export const isRoot = process.getuid?.() === 0;
const holdServer = fileURLToPath(new URL('./hold-server.js', import.meta.url));

/** What the running test has to undo, last first. */
const undo: (() => unknown)[] = [];
let template: string;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'footfall-embedded-'));
  await chmod(template, 0o755);
  const server = await openEmbedded({ dataDir: template, mode: 'own', log: () => {} });
  await server.stop();
});

afterEach(async () => {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse())
    await Promise.resolve()
      .then(step)
      .catch((error) => failures.push(error));
  // After all steps: a server that is left running would outlive the tests.
  if (failures.length > 0) throw new AggregateError(failures, 'could not be undone');
});

afterAll(() => rm(template, { recursive: true, force: true }));

/** A directory that the server's user can enter; whatever runs in it at the end of the test is killed. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'footfall-embedded-'));
  await chmod(directory, 0o755);
  undo.push(async () => {
    await killServer(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

async function killServer(dataDir: string): Promise<void> {
  const pid = await readPid(dataDir).catch(() => 0);
  if (pid === 0 || pid === process.pid) return;
  process.kill(pid, 'SIGQUIT');
  await vi.waitUntil(async () => !(await isRunning(dataDir)), { timeout: 10_000, interval: 10 });
}

/** The data directory with a stopped database that all tests share: for those that leave it as it was. */
export function stoppedDatabase(): string {
  undo.push(() => killServer(template));
  return template;
}

/** A data directory of one's own with a copy of that database. */
export async function copiedDatabase(): Promise<string> {
  const directory = await temporaryDirectory();
  await copyDirectory(join(template, 'postgres'), directory);
  return directory;
}

/** Until the end of the test a file has another content, or is missing. */
export async function replaceFile(path: string, content?: string): Promise<void> {
  const aside = join(await temporaryDirectory(), 'aside');
  await rename(path, aside);
  undo.push(() => rename(aside, path));
  if (content !== undefined) await writeFile(path, content);
}

/** Copies a directory into another with its owners and modes, several times faster than fs.cp does. */
export async function copyDirectory(from: string, into: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, into]);
}

/** Opens the server in this process; the answer carries what it logged. */
export async function open({
  dataDir,
  mode = 'own',
}: {
  dataDir: string;
  mode?: Mode;
}): Promise<EmbeddedServer & { lines: string[] }> {
  const lines: string[] = [];
  const server = await openEmbedded({ dataDir, mode, log: (line) => lines.push(line) });
  undo.push(server.stop);
  return { ...server, lines };
}

/** Opens the server in another process: await it for its answer, kill it at any moment. */
export function hold({ dataDir, mode }: { dataDir: string; mode: Mode }) {
  const child = spawn(process.execPath, [holdServer, dataDir, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The leader of a process group of its own, as a command is in a terminal.
    detached: true,
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  /** What Ctrl-C does: the signal goes to every process of the group. */
  const interrupt = async (): Promise<void> => {
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await exited;
  };
  undo.push(kill);
  const answered = once(createInterface({ input: child.stdout }), 'line').then(([line]) => ({
    ...(JSON.parse(line) as Answer),
    kill,
    interrupt,
  }));
  return Object.assign(answered, { kill });
}

/** The rows of one statement. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A connection as the superuser, whose password is kept in the database's directory. */
export async function connectAsSuperuser({ dataDir, url }: EmbeddedServer): Promise<pg.Client> {
  const { password } = new URL(url);
  const passwords = JSON.parse(await readFile(join(dataDir, 'footfall-passwords.json'), 'utf8'));
  const client = new pg.Client(url.replace(`footfall:${password}`, `postgres:${passwords.superuser}`));
  client.on('error', () => {});
  undo.push(() => client.end());
  await client.connect();
  return client;
}

/** The process id of the server of a data directory. */
export async function readPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

/** Whether a server runs in a data directory: it removes its file when it ends. */
export async function isRunning(dataDir: string): Promise<boolean> {
  return readPid(dataDir).then(
    (pid) => pid > 0,
    () => false,
  );
}
