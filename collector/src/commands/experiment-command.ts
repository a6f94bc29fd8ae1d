import type { z } from 'zod';
import type { Database } from '../db/database.js';
import type { Author } from '../experiments/experiment-rows.js';
import { parseInput } from '../read-input.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { requireSite } from './require-site.js';
import { withDatabase } from './with-database.js';

const text = { type: 'string' } as const;
/** What every command of experiments takes. */
export const common = { site: text, json: { type: 'boolean' } } as const;
/** Options by name. */
export type Values = Record<string, string | string[] | boolean | undefined>;
/** What the work of a command is given. */
export type Call = { site: string; values: Values; arguments: string[]; database: Database; author: Author };
export type Definition = {
  usage: string;
  summary: string;
  /** How many arguments come before the options. Default: 1, the key. */
  positionals?: number | undefined;
  options: NonNullable<Parameters<typeof readOptions>[1]['options']>;
  run: (call: Call) => Promise<unknown>;
  show: (result: never) => string;
};

/** A command of experiments: options, the database, the work, and its result in words or as JSON. */
export function command({ usage, summary, positionals, options, run, show }: Definition): Command {
  return {
    usage,
    summary,
    run: (invocation) =>
      runCommand(invocation, { usage, positionals, options, run, show: show as (result: unknown) => string }),
  };
}

async function runCommand(
  invocation: Invocation,
  {
    usage,
    positionals,
    options,
    run,
    show,
  }: Omit<Definition, 'summary' | 'show'> & { show: (result: unknown) => string },
): Promise<void> {
  const parsed = readOptions(invocation.args, { usage, options, positionals: positionals ?? 1 });
  const values = parsed.values as Values;
  const site = String(values.site ?? '');
  if (!site) throw new StartError(`--site: expected a value; usage: footfall ${usage}`, { exitCode: 2 });
  await withDatabase(invocation, async (database) => {
    await requireSite(database, site);
    const author: Author = { actor: 'command line', now: Date.now() };
    const result = await run({ site, values, arguments: parsed.positionals, database, author });
    invocation.print(values.json ? JSON.stringify(result) : show(result));
  });
}

/** Checks what options say against a schema; what was not given is left out. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: object): z.infer<Schema> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return parseInput(schema, Object.fromEntries(given), 'bad_experiment');
}
