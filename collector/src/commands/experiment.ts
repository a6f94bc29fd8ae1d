import { readFile } from 'node:fs/promises';
import { newExperimentSchema, newPhaseSchema, rampSchema, stopSchema } from '@footfall/schema';
import type { z } from 'zod';
import type { Database } from '../db/database.js';
import { openStore } from '../db/open-store.js';
import {
  type Author,
  archiveExperiment,
  beginNewPhase,
  createExperiment,
  rampExperiment,
  startExperiment,
  stopExperiment,
} from '../experiments/change-experiment.js';
import { setLayer } from '../experiments/layers.js';
import { makePreview } from '../experiments/manage-routes.js';
import { findExperiment, loadExperiments, type StoredExperiment } from '../experiments/stored-experiment.js';
import { parseInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
/** What every command of experiments takes. */
export const common = { site: text, json: flag } as const;
const designOptions = {
  variation: list,
  coverage: text,
  url: list,
  'exclude-url': list,
  condition: text,
} as const;
const createOptions = {
  ...common,
  ...designOptions,
  file: text,
  name: text,
  description: text,
  hypothesis: text,
  unit: text,
  'fallback-unit': text,
  layer: text,
  require: list,
  metric: list,
  'planned-units': text,
  starts: text,
  ends: text,
} as const;

type Values = Record<string, string | string[] | boolean | undefined>;
type Call = { site: string; values: Values; arguments: string[]; database: Database; author: Author };
type Definition = {
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
  { args, config, print, log }: Invocation,
  {
    usage,
    positionals,
    options,
    run,
    show,
  }: Omit<Definition, 'summary' | 'show'> & { show: (result: unknown) => string },
): Promise<void> {
  const parsed = readOptions(args, { usage, options, positionals: positionals ?? 1 });
  const values = parsed.values as Values;
  const site = String(values.site ?? '');
  if (!site) throw new StartError(`--site: expected a value; usage: footfall ${usage}`, { exitCode: 2 });
  const store = await openStore(config, { mode: 'join', log });
  try {
    const author: Author = { actor: 'command line', now: Date.now() };
    const result = await run({
      site,
      values,
      arguments: parsed.positionals,
      database: store.database,
      author,
    });
    print(values.json ? JSON.stringify(result) : show(result));
  } catch (error) {
    throw explain(error);
  } finally {
    await store.close();
  }
}

// What the API answers with a 4xx, the command says in a line.
function explain(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { hint } = error.detail;
  const message = hint ? `${error.message} (${hint})` : error.message;
  return new StartError(message, { exitCode: error.status === 400 || error.status === 422 ? 2 : 1 });
}

function parse<Schema extends z.ZodType>(schema: Schema, input: object): z.infer<Schema> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return parseInput(schema, Object.fromEntries(given), 'bad_experiment');
}

/** `footfall experiment create`: a draft, from options or a file. */
export const experimentCreate = command({
  usage:
    'experiment create KEY --site SLUG [--variation KEY[:WEIGHT]]… [--coverage N] [--hypothesis TEXT] [--unit TYPE] [--fallback-unit TYPE] [--url PATTERN]… [--exclude-url PATTERN]… [--condition JSON] [--layer NAME:START-END] [--require EXPERIMENT:VARIATION]… [--metric JSON]… [--planned-units N] [--starts TIME] [--ends TIME] [--name TEXT] [--description TEXT] [--file FILE.json] [--json]',
  summary:
    'define an experiment as a draft; the first variation is the control, a file holds the same fields as the API',
  options: createOptions,
  run: async ({ site, values, arguments: [key], database, author }) => {
    const file =
      values.file === undefined ? {} : readJson(await readFile(String(values.file), 'utf8'), '--file');
    const input = {
      variations: [{ key: 'control' }, { key: 'treatment' }],
      ...file,
      ...readDefinition(values),
      site,
      key,
    };
    return createExperiment(database, parse(newExperimentSchema, input), author);
  },
  show: ({ key, site, phases }: StoredExperiment) =>
    `experiment ${key} is a draft with ${phases[0]?.variations.map((one) => one.key).join(', ')}; footfall experiment start ${key} --site ${site}`,
});

function readDefinition(values: Values): object {
  const given = {
    ...readDesign(values),
    name: values.name,
    description: values.description,
    hypothesis: values.hypothesis,
    unitType: values.unit,
    fallbackUnitType: values['fallback-unit'],
    layer: values.layer === undefined ? undefined : readLayer(String(values.layer)),
    prerequisites: readRequirements(listOf(values.require)),
    metrics: values.metric && listOf(values.metric).map((metric) => readJson(metric, '--metric')),
    plannedUnits: numberOf(values['planned-units']),
    startsAt: values.starts,
    endsAt: values.ends,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readDesign(values: Values): object {
  const include = values.url && listOf(values.url);
  const exclude = values['exclude-url'] && listOf(values['exclude-url']);
  return {
    variations: values.variation && listOf(values.variation).map(readVariation),
    coverage: numberOf(values.coverage),
    urls: include || exclude ? { ...(include && { include }), ...(exclude && { exclude }) } : undefined,
    condition: values.condition === undefined ? undefined : readJson(String(values.condition), '--condition'),
  };
}

function listOf(value: Values[string]): string[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: Values[string]): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function readVariation(text: string): { key: string; weight?: number } {
  const [key = '', weight] = text.split(':');
  return { key, ...(weight !== undefined && { weight: Number(weight) }) };
}

function readLayer(text: string): object {
  const [, layer = text, start = '0', end = '1'] = /^([^:]*):([\d.]+)-([\d.]+)$/.exec(text) ?? [];
  return { layer, start: Number(start), end: Number(end) };
}

function readRequirements(texts: string[]): object[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    const [experiment, variations = ''] = text.split(':');
    return { experiment, variations: variations.split(',') };
  });
}

function readJson(source: string, option: string): Record<string, unknown> {
  try {
    return JSON.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${option}: expected JSON: ${reason}`, { exitCode: 2, cause: error });
  }
}

/** `footfall experiment list`. */
export const experimentList = command({
  usage: 'experiment list --site SLUG [--json]',
  summary: 'show the experiments of a site',
  positionals: 0,
  options: common,
  run: async ({ site, database }) => {
    const loaded = await database.withSite(site, (tx) => loadExperiments(tx, { site }));
    return loaded.map(({ experiment }) => experiment);
  },
  show: (experiments: StoredExperiment[]) => experiments.map(describeLine).join('\n') || 'no experiments',
});

function describeLine({ key, status, phase, phases, name }: StoredExperiment): string {
  const { coverage = 0, variations = [] } = phases.find((one) => one.phase === phase) ?? {};
  const arms = variations.map((one) => `${one.key} ${percent(one.weight)}`).join(', ');
  return `${key}\t${status}\tphase ${phase}\t${percent(coverage)} of units\t${arms}\t${name}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** `footfall experiment show`. */
export const experimentShow = command({
  usage: 'experiment show KEY --site SLUG [--json]',
  summary: 'show an experiment with its phases',
  options: common,
  run: ({ site, database, arguments: [key = ''] }) =>
    database.withSite(site, (tx) => findExperiment(tx, { site, key })),
  show: (experiment: StoredExperiment) => JSON.stringify(experiment, null, 2),
});

type Work = (call: Call & { target: { site: string; key: string } }) => Promise<StoredExperiment>;

function changeCommand(usage: string, summary: string, options: Definition['options'], work: Work): Command {
  return command({
    usage,
    summary,
    positionals: usage.includes(' COVERAGE ') ? 2 : 1,
    options,
    run: (call) => work({ ...call, target: { site: call.site, key: call.arguments[0] ?? '' } }),
    show: describeLine,
  });
}

/** `footfall experiment start`. */
export const experimentStart = changeCommand(
  'experiment start KEY --site SLUG [--json]',
  'begin to assign units',
  common,
  ({ database, target, author }) => startExperiment(database, target, author),
);

/** `footfall experiment ramp`. */
export const experimentRamp = changeCommand(
  'experiment ramp KEY COVERAGE --site SLUG [--json]',
  'raise the share of units that take part (0 to 1); nobody who takes part is moved',
  common,
  ({ database, target, author, arguments: [, coverage] }) =>
    rampExperiment(database, target, { ...parse(rampSchema, { coverage: Number(coverage) }), ...author }),
);

/** `footfall experiment new-phase`. */
export const experimentNewPhase = changeCommand(
  'experiment new-phase KEY --site SLUG [--variation KEY[:WEIGHT]]… [--coverage N] [--url PATTERN]… [--exclude-url PATTERN]… [--condition JSON] [--block-earlier] [--json]',
  'end the phase and begin another with other weights, variations or targeting; units are drawn anew',
  { ...common, ...designOptions, 'block-earlier': flag },
  ({ database, target, author, values }) => {
    const phase = parse(newPhaseSchema, { ...readDesign(values), blocksEarlier: values['block-earlier'] });
    return beginNewPhase(database, target, { phase, ...author });
  },
);

/** `footfall experiment stop`. */
export const experimentStop = changeCommand(
  'experiment stop KEY --site SLUG [--winner VARIATION] [--json]',
  'end an experiment; from then on all get the winner, or else the control',
  { ...common, winner: text },
  ({ database, target, author, values }) =>
    stopExperiment(database, target, { ...parse(stopSchema, { winner: values.winner }), ...author }),
);

/** `footfall experiment archive`. */
export const experimentArchive = changeCommand(
  'experiment archive KEY --site SLUG [--json]',
  'put an experiment away; its numbers stay',
  common,
  ({ database, target, author }) => archiveExperiment(database, target, author),
);

/** `footfall experiment preview`. */
export const experimentPreview = command({
  usage: 'experiment preview KEY VARIATION URL --site SLUG [--days N] [--json]',
  summary: 'make a signed link that shows a variation and counts nowhere',
  positionals: 3,
  options: { ...common, days: text },
  run: ({ site, database, arguments: [key = '', variation = '', url = ''], values }) =>
    makePreview(
      { database, now: Date.now },
      { site, key },
      { variation, url, days: numberOf(values.days) ?? 1 },
    ),
  show: ({ url }: { url: string }) => url,
});

/** `footfall experiment layer`. */
export const experimentLayer = command({
  usage: 'experiment layer NAME --site SLUG [--unit TYPE] [--share N] [--json]',
  summary:
    'make a layer of experiments that share no units; "holdout" with a share keeps units out of all experiments',
  options: { ...common, unit: text, share: text },
  run: ({ site, database, author, values, arguments: [layer = ''] }) =>
    setLayer(
      database,
      { site, layer, unitType: String(values.unit ?? 'visitor'), share: numberOf(values.share) },
      author,
    ),
  show: ({ layer, unitType, share }: { layer: string; unitType: string; share: number | null }) =>
    share === null
      ? `layer ${layer} divides each ${unitType}`
      : `${percent(share)} of each ${unitType} are held out`,
});
