import { rejectionCodes } from '@footfall/schema';
import { byCommandLine } from '../access/audit.js';
import { openStore } from '../db/open-store.js';
import { type ReplaySummary, replayLetters } from '../dead-letters/replay.js';
import { countLetters, type LetterFilter } from '../dead-letters/stored-letters.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { requireSite } from './require-site.js';

const usage = 'replay [--reason REASON] [--site SLUG] [--json]';
const progressMs = 1_000;

/** `footfall replay`: dead letters go through the pipeline again, after a fix, a raised limit or a decision. */
export const replay: Command = {
  usage,
  summary: 'store dead letters that pass now; --reason too_old takes events of any age',
  async run(invocation) {
    const { filter, json } = readTask(invocation.args);
    const startedAt = Date.now();
    const store = await openStore(invocation.config, { mode: 'join', log: invocation.log });
    try {
      if (filter.site !== undefined) await requireSite(store.database, filter.site);
      const total = await countLetters(store.database, filter);
      const onPage = createProgress(invocation, total);
      const summary = await replayLetters(
        { database: store.database, now: Date.now, onPage, by: byCommandLine },
        filter,
      );
      const seconds = (Date.now() - startedAt) / 1_000;
      for (const line of json ? [JSON.stringify({ ...summary, seconds })] : describe(summary, seconds))
        invocation.print(line);
    } finally {
      await store.close();
    }
  },
};

function readTask(args: string[]): { filter: LetterFilter; json: boolean } {
  const { values } = readOptions(args, {
    usage,
    options: {
      reason: { type: 'string' },
      site: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const reason = rejectionCodes.find((code) => code === values.reason);
  if (values.reason !== undefined && reason === undefined) {
    const known = rejectionCodes.join(', ');
    throw new StartError(`--reason: expected one of ${known}, got "${values.reason}"`, { exitCode: 2 });
  }
  return { filter: { reason, site: values.site }, json: values.json };
}

function createProgress({ log }: Invocation, total: number): (summary: ReplaySummary) => void {
  let nextAt = Date.now() + progressMs;
  return ({ read, stored }) => {
    if (Date.now() < nextAt) return;
    nextAt = Date.now() + progressMs;
    log(`${read} of ${total} dead letters, ${stored} stored`);
  };
}

function describe({ read, stored, duplicate, stayed }: ReplaySummary, seconds: number): string[] {
  const reasons = Object.entries(stayed).map(([reason, count]) => `${count} ${reason}`);
  const left = Object.values(stayed).reduce((sum, count) => sum + count, 0);
  return [
    `${read} dead letters replayed in ${seconds.toFixed(1)} s`,
    `stored       ${stored}`,
    `duplicate    ${duplicate}   stored before`,
    `stayed       ${left}   ${reasons.join(', ')}`.trimEnd(),
  ];
}
