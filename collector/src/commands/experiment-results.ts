import type { ExperimentResults } from '@footfall/schema';
import { describeResults } from '../experiments/results/describe-results.js';
import { answerResults, resultsQuerySchema } from '../experiments/results/routes.js';
import { parseInput } from '../read-input.js';
import { command, common } from './experiment-command.js';

const text = { type: 'string' } as const;

/** `footfall experiment results`. */
export const experimentResults = command({
  usage:
    'experiment results KEY --site SLUG [--phase N] [--metric KEY] [--breakdown DIMENSION] [--complete-windows] [--json]',
  summary: 'compare the variations of an experiment with its control, from the events until now',
  options: {
    ...common,
    phase: text,
    metric: text,
    breakdown: text,
    'complete-windows': { type: 'boolean' },
  },
  run: ({ site, values, arguments: [experiment = ''], database, author }) => {
    const { phase, metric, breakdown } = values;
    const completeWindows = values['complete-windows'] ? 'true' : 'false';
    const given = Object.entries({ site, phase, metric, breakdown, completeWindows });
    const known = given.filter(([, value]) => value !== undefined);
    const query = parseInput(resultsQuerySchema, Object.fromEntries(known), 'bad_query');
    return answerResults(database, { ...query, experiment, now: author.now });
  },
  show: (results: ExperimentResults) => describeResults(results),
});
