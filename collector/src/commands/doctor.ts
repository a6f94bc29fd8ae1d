import { openCopySession } from '../db/copy-session.js';
import { openServer } from '../db/open-store.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { StartError } from '../start-error.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';

const usage = 'doctor [--json]';

/** `footfall doctor`: what is wrong with database, disk and clock, and what there is to do. Changes nothing. */
export const doctor: Command = {
  usage,
  summary: 'examine database, disk and clock; exit code 1 where something is broken',
  async run({ args, config, print, log }) {
    const { values } = readOptions(args, { usage, options: { json: { type: 'boolean', default: false } } });
    const server = await openServer(config, { mode: 'join', log });
    try {
      const session = await openCopySession(server.url);
      const places = { spoolDir: config.spoolDir, databaseDir: server.directory };
      const findings = await examine({ query: session.query, now: Date.now }, places).finally(session.end);
      for (const line of values.json ? [JSON.stringify(findings)] : findings.flatMap(describe)) print(line);
      const failed = findings.filter(({ status }) => status === 'fail').map(({ check }) => check);
      if (failed.length > 0) throw new StartError(`doctor: ${failed.join(', ')}`);
    } finally {
      await server.stop();
    }
  },
};

function describe({ status, check, message, hint, details = [] }: Finding): string[] {
  const lines = hint?.split('\n') ?? [];
  return [
    `${status.padEnd(4)}  ${check}: ${message}`,
    ...details.map(
      (row) =>
        `        ${Object.entries(row)
          .map(([key, value]) => `${key} ${value}`)
          .join('  ')}`,
    ),
    ...lines.map((line) => `        ${line}`),
  ];
}
