import { restoreBackup } from '../backup/restore-backup.js';
import { type BackupProgress, writeBackup } from '../backup/write-backup.js';
import { type CopySession, openCopySession } from '../db/copy-session.js';
import { openServer } from '../db/open-store.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const backupUsage = 'backup FILE [--json]';
const restoreUsage = 'restore FILE [--overwrite] [--json]';
const progressMs = 1_000;

/** `footfall backup`: the whole database in one file, while the collector runs. */
export const backup: Command = {
  usage: backupUsage,
  summary: 'write all tables into one archive (tar, gzip); the collector may run',
  async run(invocation) {
    const { values, positionals } = readOptions(invocation.args, {
      usage: backupUsage,
      positionals: 1,
      options: { json: { type: 'boolean', default: false } },
    });
    const [path = ''] = positionals;
    await withSession(invocation, async (session) => {
      const onProgress = showProgress(invocation, 'rows');
      const rows = await writeBackup(session, { path, now: Date.now(), onProgress });
      report(invocation, { what: `backup in ${path}`, rows, json: values.json });
    });
  },
};

/** `footfall restore`: the database as it was at a backup, also of an older version or another PostgreSQL. */
export const restore: Command = {
  usage: restoreUsage,
  summary: 'make the database what it was at a backup; --overwrite deletes what is in it',
  async run(invocation) {
    const { values, positionals } = readOptions(invocation.args, {
      usage: restoreUsage,
      positionals: 1,
      options: { overwrite: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    });
    const [path = ''] = positionals;
    const { log } = invocation;
    await withSession(invocation, async (session, url) => {
      const onProgress = showProgress(invocation, 'files');
      const rows = await restoreBackup(session, { path, url, overwrite: values.overwrite, onProgress, log });
      report(invocation, { what: `restored from ${path}`, rows, json: values.json });
    });
  },
};

async function withSession(
  { config, log }: Invocation,
  work: (session: CopySession, url: string) => Promise<void>,
): Promise<void> {
  const server = await openServer(config, { mode: 'join', log });
  try {
    const session = await openCopySession(server.url);
    await work(session, server.url).finally(session.end);
  } finally {
    await server.stop();
  }
}

function showProgress({ log }: Invocation, unit: string): (progress: BackupProgress) => void {
  let nextAt = Date.now() + progressMs;
  return ({ table, rows }) => {
    if (Date.now() < nextAt) return;
    nextAt = Date.now() + progressMs;
    log(`${table}: ${rows} ${unit}`);
  };
}

function report(
  { print }: Invocation,
  { what, rows, json }: { what: string; rows: Record<string, number>; json: boolean },
): void {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (json) print(JSON.stringify({ rows }));
  else print(`${what}: ${Object.keys(rows).length} tables, ${total} rows, counted`);
}
