import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, formatBytes } from './finding.js';

type Volume = { name: string; directory: string };

const minShare = 0.05;
const gibibyte = 1024 ** 3;

/** Free space of a volume of ours. The disk of another server is not ours to see. */
export async function checkVolume({ name, directory }: Volume): Promise<Finding> {
  const found = await statfs(directory).catch(() => undefined);
  const check = `disk of the ${name}`;
  if (!found) return { check, status: 'warn', message: `${directory}: not there on this machine` };
  const free = found.bavail * found.bsize;
  const total = found.blocks * found.bsize;
  const limit = Math.max(gibibyte, minShare * total);
  return {
    check,
    status: free < limit ? 'fail' : 'ok',
    message: `${directory}: ${formatBytes(free)} of ${formatBytes(total)} free`,
    ...(free < limit && { hint: `below ${formatBytes(limit)} the collector takes no events` }),
  };
}

/** What waits in the spool: in normal times nothing. */
export async function checkSpool(directory: string): Promise<Finding> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => /\.(spool|damaged)$/.test(name));
  const sizes = await Promise.all(names.map((name) => stat(join(directory, name)).then(({ size }) => size)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const damaged = names.filter((name) => name.endsWith('.damaged')).length;
  return {
    check: 'spool',
    status: bytes > 0 ? 'warn' : 'ok',
    message: `${formatBytes(bytes)} wait for the database, ${damaged} damaged segments`,
  };
}
