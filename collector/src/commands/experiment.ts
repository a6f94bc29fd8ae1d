import { readFile } from 'node:fs/promises';
import { newExperimentSchema, newPhaseSchema, rampSchema, stopSchema } from '@footfall/schema';
import {
  archiveExperiment,
  beginNewPhase,
  rampExperiment,
  startExperiment,
  stopExperiment,
} from '../experiments/change-experiment.js';
import { createExperiment } from '../experiments/create-experiment.js';
import { setLayer } from '../experiments/layers.js';
import { makePreview } from '../experiments/manage-routes.js';
import { findExperiment, loadExperiments, type StoredExperiment } from '../experiments/stored-experiment.js';
import type { Command } from './command.js';
import { type Call, command, common, type Definition, parse } from './experiment-command.js';
import {
  createOptions,
  designOptions,
  numberOf,
  readDefinition,
  readDesign,
  readJson,
} from './experiment-options.js';

const text = { type: 'string' } as const;

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
  { ...common, ...designOptions, 'block-earlier': { type: 'boolean' } },
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
