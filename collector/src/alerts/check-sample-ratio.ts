import type { Database, Transaction } from '../db/database.js';
import { judgeAllocation } from '../experiments/results/allocation.js';
import { readDefinition } from '../experiments/results/definition.js';
import { readExposures } from '../experiments/results/read-exposures.js';
import type { RuleOf, Verdict } from './rule.js';

type Ratio = RuleOf<'sample_ratio'>;

/** Judges the split of each running experiment, or of the one that the rule names, by the test that is valid at any look. */
export async function checkSampleRatio(
  database: Database,
  { site, rule, now }: { site: string; rule: Ratio; now: number },
): Promise<Verdict[]> {
  return database.withSite(site, async (tx) => {
    const verdicts: Verdict[] = [];
    for (const experiment of await findRunning(tx, site, rule)) {
      const verdict = await judge(tx, { site, rule, now, experiment });
      if (verdict) verdicts.push(verdict);
    }
    return verdicts;
  });
}

async function findRunning(tx: Transaction, site: string, { experiment }: Ratio): Promise<string[]> {
  const rows = await tx.query<{ experiment: string }>(
    `/* check-sample-ratio.findRunning */
     select experiment from footfall.experiments
     where site = $1::text and status = 'running' and experiment = coalesce($2::text, experiment) order by experiment`,
    [site, experiment ?? null],
  );
  return rows.map((row) => row.experiment);
}

type Judging = { site: string; rule: Ratio; now: number; experiment: string };

async function judge(
  tx: Transaction,
  { site, rule, now, experiment }: Judging,
): Promise<Verdict | undefined> {
  const definition = await readDefinition(tx, { site, experiment, phase: undefined });
  if (typeof definition === 'string') return undefined;
  const scope = { definition, now, completeWindows: false };
  const { units, sampleRatio } = judgeAllocation(definition, await readExposures(tx, scope));
  const p = sampleRatio.sequentialP;
  const counts = units.variations.map(({ variation, units: count }) => `${variation} ${count}`).join(', ');
  return {
    subject: experiment,
    isFiring: units.analysed >= rule.minimum && p <= rule.level,
    finding: {
      observed: p,
      expected: rule.level,
      summary: `experiment ${experiment}: ${counts} units do not fit the weights (p = ${p.toPrecision(2)})`,
    },
  };
}
