import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../../start-error.js';
import type { Cluster } from './cluster.js';
import { findServer } from './find-server.js';
import { launch } from './launch.js';
import type { Mode } from './locks.js';
import { logFileOf } from './log-file.js';
import { takeAway } from './pid-file.js';
import { isWrongPassword, openSession, type Session } from './session.js';
import { stopServer } from './stop-server.js';

/** How long a server may take to start, recover or shut down before we give up on it. */
const waitMs = 60_000;
const noticeMs = 3_000;
const pollMs = 20;

export type Attached = Session & { isStartedHere: boolean };

type Log = (line: string) => void;
type Options = { mode: Mode; log: Log; port?: number; signal?: AbortSignal };

/**
 * Gets a session on the server of a database: on one that runs, else on one started here (on a given port, or on
 * any). Two processes may do this at once: the server's own lock file and the session's locks decide.
 */
export async function attach(cluster: Cluster, options: Options): Promise<Attached> {
  const line = `waiting for the database server in ${cluster.directory}: starting, recovering or shutting down`;
  const notice = setTimeout(options.log, noticeMs, line);
  try {
    return await attachBefore(performance.now() + waitMs, cluster, options);
  } finally {
    clearTimeout(notice);
  }
}

async function attachBefore(deadline: number, cluster: Cluster, options: Options): Promise<Attached> {
  let startedPid: number | undefined;
  let reason = 'it is starting, recovering or shutting down';
  while (performance.now() < deadline) {
    options.signal?.throwIfAborted();
    const found = await findServer(cluster);
    if (found.state === 'ready') {
      const session = await enter(cluster, { ...options, ...found, isStartedHere: found.pid === startedPid });
      if (typeof session !== 'string') return session;
      reason = session;
    }
    if (found.state === 'absent') {
      const launched = await launch(cluster, { port: options.port, deadline });
      if (typeof launched === 'string') reason = launched;
      else startedPid = launched;
    }
    if (found.state === 'stale') await takeAway(cluster.directory, found.file);
    await delay(pollMs);
  }
  throw new StartError(
    `the database server in ${cluster.directory} is not ready after ${waitMs / 1000} s: ${reason}; ` +
      `see ${logFileOf(cluster)}, then start again`,
  );
}

type Entry = { mode: Mode; log: Log; pid: number; port: number; isStartedHere: boolean };

async function enter(
  cluster: Cluster,
  { mode, log, pid, port, isStartedHere }: Entry,
): Promise<Attached | string> {
  try {
    const session = await openSession(cluster, { pid, port, mode });
    return typeof session === 'string' ? session : { ...session, isStartedHere };
  } catch (error) {
    // A server that another collector adopted meanwhile is left to it; one that lets nobody in is not left running.
    if (isStartedHere && error instanceof StartError && isWrongPassword(error.cause))
      await stopServer(cluster, { pid, log });
    throw error;
  }
}
