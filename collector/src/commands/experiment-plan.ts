import { type PlannedTest, planExperiment, planSchema } from '../experiments/plan-experiment.js';
import { StartError } from '../start-error.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';

const usage =
  'experiment plan (--rate N | --mean N --deviation N) --lift N [--power N] [--confidence N] [--variations N] [--per-day N] [--json]';
const number = { type: 'string' } as const;

/** `footfall experiment plan`: arithmetic alone, no database. */
export const experimentPlan: Command = {
  usage,
  summary: 'tell how many units, and days, it takes to find a relative lift (0.1 is a tenth)',
  async run({ args, print }) {
    const { values } = readOptions(args, {
      usage,
      options: {
        rate: number,
        mean: number,
        deviation: number,
        lift: number,
        power: number,
        confidence: number,
        variations: number,
        'per-day': number,
        json: { type: 'boolean' },
      },
    });
    const { json, 'per-day': perDay, ...given } = values;
    const planned = planExperiment(readPlan({ ...given, perDay }));
    print(json ? JSON.stringify(planned) : describe(planned));
  },
};

function readPlan(values: Record<string, string | undefined>) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const parsed = planSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const option = issue?.path.join('.') === 'perDay' ? 'per-day' : issue?.path.join('.');
  throw new StartError(`--${option}: ${issue?.message}; usage: footfall ${usage}`, { exitCode: 2 });
}

function describe({ fixed, sequential }: ReturnType<typeof planExperiment>): string {
  return [
    `looked at once, at the end: ${describeTest(fixed)}`,
    `looked at any time: at most ${describeTest(sequential)}; --planned-units ${2 * sequential.unitsPerVariation}`,
  ].join('\n');
}

function describeTest({ units, unitsPerVariation, days }: PlannedTest): string {
  const pace = days === undefined ? '' : `, ${days} days`;
  return `${units} units (${unitsPerVariation} a variation)${pace}`;
}
