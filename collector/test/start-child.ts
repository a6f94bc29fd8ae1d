import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Running, runFootfall } from './run-footfall.js';
import { createTestDatabase, type TestDatabase } from './test-collector.js';

export type ChildCollector = TestDatabase & {
  /** http://127.0.0.1:port */
  origin: string;
  running: Running;
  pid: number;
  stop(): Promise<void>;
};

/** `footfall start` as a process of its own, on a database of its own. */
export async function startChildCollector(env: Record<string, string> = {}): Promise<ChildCollector> {
  const test = await createTestDatabase();
  const running = runFootfall(['start'], { env: { DATABASE_URL: test.url, PORT: '0', ...env } });
  const [, origin = ''] = await running.until(/collector {2}(http:\S+)\/v1\/events/);
  await running.until(/^ready/m);
  return {
    ...test,
    origin,
    running,
    pid: running.process.pid ?? 0,
    async stop() {
      running.process.kill('SIGTERM');
      await running.finished;
      await test.drop();
    },
  };
}

/** The resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file)
    ? /VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kilobytes) * 1024;
}
