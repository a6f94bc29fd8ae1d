import type { ExperimentResults } from '@footfall/schema';
import type { Database } from '../../db/database.js';
import { readDefinition } from './definition.js';
import { readResults } from './read-results.js';

type Stopped = { site: string; experiment: string };

/**
 * Writes the p-value of stopped experiments to `experiments.statistical_significance`, once: of the first primary metric
 * the smallest p that is valid at every look, or the corrected one where there is none; 1 where there is not enough data.
 */
export async function recordSignificance(
  database: Database,
  now: number,
  log: (line: string) => void,
): Promise<void> {
  const stopped = await database.asOwner((tx) =>
    tx.query<Stopped>(
      `/* record-significance.recordSignificance */
       select site, experiment from footfall.experiments
       where status = 'stopped' and statistical_significance is null order by site, experiment`,
    ),
  );
  for (const one of stopped) {
    try {
      await recordOne(database, one, now);
    } catch (error) {
      // The others are not to wait for one whose events take too long to read.
      log(`significance of experiment ${one.experiment} of site ${one.site}: ${String(error)}`);
    }
  }
}

async function recordOne(database: Database, { site, experiment }: Stopped, now: number): Promise<void> {
  const p = await database.withSite(site, async (tx) => {
    const definition = await readDefinition(tx, { site, experiment, phase: undefined });
    if (typeof definition === 'string') return 1;
    const metric = definition.metrics.find(({ role }) => role === 'primary') ?? definition.metrics[0];
    if (!metric) return 1;
    return smallestP(await readResults(tx, { definition, now, completeWindows: false, metric: metric.key }));
  });
  await database.asOwner((tx) =>
    tx.query(
      `/* record-significance.recordOne */
       update footfall.experiments set statistical_significance = $3::numeric
       where site = $1::text and experiment = $2::text`,
      [site, experiment, p],
    ),
  );
}

function smallestP({ metrics }: ExperimentResults): number {
  const compared = metrics.flatMap(({ comparisons }) => comparisons);
  return Math.min(
    1,
    ...compared.map((one) => (one.status === 'ok' ? (one.sequential?.p ?? one.correctedP) : 1)),
  );
}
