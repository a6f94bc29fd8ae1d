import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../../start-error.js';
import type { Cluster } from './cluster.js';
import { failureLine } from './failure-line.js';
import { freePort } from './free-port.js';
import { boundLog, logFileOf, openLog, readLogFrom } from './log-file.js';
import { readPidFile } from './pid-file.js';
import { asAccount, surroundings } from './run.js';
import { enforcedSettings } from './settings.js';

const maxAttempts = 5;
const pollMs = 20;

/** What a server says that another process, or the children of a killed server, keep from starting for a moment. */
const passing = /lock file ".*" (already exists|is empty)|pre-existing shared memory block/;

/**
 * Starts a server and waits until it is ready. The answer is its process id, or the reason why it is worth looking
 * again: another process started one in the same moment, or it still recovers at the deadline.
 */
export async function launch(
  cluster: Cluster,
  { port, deadline }: { port: number | undefined; deadline: number },
): Promise<number | string> {
  await boundLog(cluster);
  for (let attempt = 1; ; attempt += 1) {
    const { outcome, pid, log } = await launchOn(cluster, { port: port ?? (await freePort()), deadline });
    if (outcome === 'ready') return pid;
    if (outcome === 'slow') return 'it is recovering';
    // Somebody else may take a free port before the server does. A port that was asked for has no substitute.
    const isPortTaken = log.includes('Address already in use') && port === undefined;
    if (isPortTaken && attempt < maxAttempts) continue;
    const reason = failureLine(log) ?? 'it gave no reason';
    if (passing.test(reason)) return reason;
    throw new StartError(
      `the database server in ${cluster.directory} did not start: ${reason} (${logFileOf(cluster)})`,
    );
  }
}

type Outcome = 'ready' | 'ended' | 'slow';

/** How one attempt went, and what the server wrote during it. */
async function launchOn(
  cluster: Cluster,
  { port, deadline }: { port: number; deadline: number },
): Promise<{ outcome: Outcome; pid: number; log: string }> {
  const file = await openLog(cluster);
  const { size } = await file.stat();
  const child = spawnServer(cluster, { port, logFd: file.fd });
  const watched = watch(child, { directory: cluster.directory, deadline });
  await file.close();
  const outcome = await watched;
  const pid = child.pid ?? 0;
  return { outcome, pid, log: linesOf(pid, await readLogFrom(cluster, size)) };
}

/** Servers that start in the same moment write to the same log, each line with its process id: `[4242]`. */
function linesOf(pid: number, log: string): string {
  const lines = log.split('\n').filter((line) => line.includes(`[${pid}]`));
  return lines.length > 0 ? lines.join('\n') : log;
}

/** In a session of its own, so that Ctrl-C in the terminal reaches the collector only, which drains first. */
function spawnServer(
  { binaries, directory, account }: Cluster,
  { port, logFd }: { port: number; logFd: number },
): ChildProcess {
  const settings = enforcedSettings({ port }).flatMap((setting) => ['-c', setting]);
  return spawn(join(binaries.directory, 'bin', 'postgres'), ['-D', directory, ...settings], {
    ...surroundings,
    ...asAccount(account),
    detached: true,
    stdio: ['ignore', logFd, logFd],
  });
}

async function watch(
  child: ChildProcess,
  { directory, deadline }: { directory: string; deadline: number },
): Promise<Outcome> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  child.once('exit', end).once('error', end).unref();
  while (!hasEnded && performance.now() < deadline) {
    const file = await readPidFile(directory);
    if (file?.pid === child.pid && file?.status === 'ready') return 'ready';
    await delay(pollMs);
  }
  return hasEnded ? 'ended' : 'slow';
}
