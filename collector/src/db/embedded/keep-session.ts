import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../../start-error.js';
import { attach } from './attach.js';
import type { Cluster } from './cluster.js';
import { reasonOf } from './errno.js';
import { findServer } from './find-server.js';
import { isLastUser, type Mode } from './locks.js';
import { boundLog } from './log-file.js';
import { openSession, type Session } from './session.js';
import { stopServer } from './stop-server.js';

const retryMs = 2_000;
const boundLogEveryMs = 10 * 60_000;

type Options = { cluster: Cluster; mode: Mode; log: (line: string) => void };

/**
 * Keeps the session for the life of the process. When its connection breaks it is opened again, and a server that
 * is gone (killed, out of memory) is started again on the same port, so that the url stays true.
 * `stop` gives the server up; the last process that uses it stops it.
 */
export function keepSession(first: Session, { cluster, mode, log }: Options): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const bounding = setInterval(
    () => boundLog(cluster).catch((error) => log(reasonOf(error))),
    boundLogEveryMs,
  );
  let current: Session | undefined;
  let recovery: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const hold = (session: Session): void => {
    current = session;
    session.client.once('end', () => {
      if (stopping.signal.aborted) return;
      current = undefined;
      recovery = recover();
    });
  };

  const recover = async (): Promise<void> => {
    log(`the connection to the database server in ${cluster.directory} broke: connecting again`);
    const session = await attachAgain({ cluster, mode, log, port: first.port, signal: stopping.signal });
    if (session) hold(session);
    if (session) log(`the database server in ${cluster.directory} is back`);
  };

  const release = async (): Promise<void> => {
    stopping.abort();
    clearInterval(bounding);
    await recovery;
    const session = current ?? (await findAgain({ cluster, mode }).catch(() => undefined));
    if (session) await leave(session, { cluster, mode, log });
  };

  bounding.unref();
  hold(first);
  return {
    stop: () => {
      stopped ??= release();
      return stopped;
    },
  };
}

/** Tries until it succeeds or is to stop. Another collector that took the directory meanwhile keeps it. */
async function attachAgain({
  cluster,
  mode,
  log,
  port,
  signal,
}: Options & { port: number; signal: AbortSignal }): Promise<Session | undefined> {
  let told = '';
  while (!signal.aborted) {
    try {
      const session = await attach(cluster, { mode, log, port, signal });
      if (session.port === port) return session;
      await leave(session, { cluster, mode, log });
      throw new StartError(`the database server listens on port ${session.port}: expected port ${port}`);
    } catch (error) {
      if (!signal.aborted && told !== reasonOf(error)) log(reasonOf(error));
      told = reasonOf(error);
    }
    await delay(retryMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

/** For a stop while the connection is broken: the server itself may well be running. */
async function findAgain({ cluster, mode }: Omit<Options, 'log'>): Promise<Session | undefined> {
  const found = await findServer(cluster);
  if (found.state !== 'ready') return undefined;
  const session = await openSession(cluster, { ...found, mode });
  return typeof session === 'string' ? undefined : session;
}

async function leave(session: Session, { cluster, mode, log }: Options): Promise<void> {
  try {
    if (await isLastUser(session.client)) await stopServer(cluster, { pid: session.pid, log });
    else if (mode === 'own')
      log('another footfall command still uses the database server, and stops it at its end');
  } catch (error) {
    // A connection that breaks here is no failure when another last user is stopping the server.
    const { state } = await findServer(cluster);
    if (state === 'ready')
      log(`the database server in ${cluster.directory} was not stopped: ${reasonOf(error)}`);
  } finally {
    await session.client.end().catch(() => {});
  }
}
