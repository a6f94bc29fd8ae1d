import { type AddressInfo, createServer } from 'node:net';
import { type Finished, type Running, runFootfall } from '../run-footfall.js';
import { listen } from './database-proxy.js';

/** A collector in a process of its own, which comes back at the same address. */
export type CollectorProcess = {
  port: number;
  origin: string;
  start(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<Finished>;
  /** SIGTERM; resolves when it has ended, with how long that took. */
  terminate(): Promise<Finished & { seconds: number }>;
  readMetric(pattern: RegExp): Promise<number>;
};

/** Makes a collector, of the built version unless another is given; it does not run yet. */
export async function prepareCollector(
  env: Record<string, string>,
  version: { executable?: string } = {},
): Promise<CollectorProcess> {
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  let running: Running | undefined;
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<Finished> => {
    if (!running) throw new Error('the collector does not run');
    running.process.kill(signal);
    return running.finished;
  };
  return {
    port,
    origin,
    // As a supervisor does: a start that meets no database, or one that still recovers, ends and is made again.
    async start() {
      for (let isReady = false; !isReady; ) {
        running = runFootfall(['start'], {
          ...version,
          env: { FOOTFALL_MIN_FREE_BYTES: '0', ...env, PORT: String(port) },
        });
        isReady = await Promise.race([
          running.until(/^ready/m).then(() => true),
          running.finished.then(expectLostDatabase),
        ]);
      }
    },
    kill: () => end('SIGKILL'),
    async terminate() {
      const begin = performance.now();
      const finished = await end('SIGTERM');
      return { ...finished, seconds: (performance.now() - begin) / 1000 };
    },
    async readMetric(pattern) {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => pattern.test(line))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}

function expectLostDatabase({ code, stderr }: Finished): false {
  if (code === 1 && /^DATABASE_URL: /m.test(stderr)) return false;
  throw new Error(`expected the collector to start, got exit ${code}: ${stderr}`);
}

async function findFreePort(): Promise<number> {
  const server = await listen(createServer());
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
