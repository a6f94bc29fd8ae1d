import { type Metric, metricsSchema } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';

/** What is analysed: one phase of an experiment. */
export type Definition = {
  site: string;
  experiment: string;
  status: string;
  phase: number;
  unitType: string;
  timezone: string;
  currency: string;
  /** 1 - confidence level. */
  alpha: number;
  plannedUnits: number;
  startedAt: Date;
  endedAt: Date | null;
  /** The first is the control. Weights sum to 1. */
  variations: { key: string; weight: number }[];
  metrics: Metric[];
};

type Row = {
  status: string;
  phase: number;
  unit_type: string;
  timezone: string;
  currency: string;
  confidence_level: number;
  planned_units: number | null;
  started_at: Date | null;
  ended_at: Date | null;
  variations: { key: string; weight: number }[];
  metrics: unknown;
};

// Where nobody planned: an interval that is narrowest at this many units is a tenth wider at half or four times as many.
const defaultPlannedUnits = 10_000;

/**
 * Reads an experiment with one of its phases, the current one unless `phase` says which.
 *
 * @returns 'unknown' where there is none, 'not started' while no unit can have been exposed
 */
export async function readDefinition(
  tx: Transaction,
  { site, experiment, phase }: { site: string; experiment: string; phase: number | undefined },
): Promise<Definition | 'unknown' | 'not started'> {
  const [row] = await tx.query<Row>(
    `/* definition.readDefinition */
     select x.status, p.phase, x.unit_type, s.timezone, s.currency, x.confidence_level::float8, x.planned_units,
       p.started_at, p.ended_at, p.variations, x.metrics
     from footfall.experiments x
     join footfall.sites s on s.site = x.site
     join footfall.experiment_phases p on p.site = x.site and p.experiment = x.experiment
       and p.phase = coalesce($3::integer, x.phase)
     where x.site = $1::text and x.experiment = $2::text`,
    [site, experiment, phase ?? null],
  );
  if (!row) return 'unknown';
  if (!row.started_at) return 'not started';
  return {
    site,
    experiment,
    status: row.status,
    phase: row.phase,
    unitType: row.unit_type,
    timezone: row.timezone,
    currency: row.currency,
    alpha: 1 - row.confidence_level,
    plannedUnits: row.planned_units ?? defaultPlannedUnits,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    variations: row.variations.map(({ key, weight }) => ({ key, weight })),
    metrics: metricsSchema.parse(row.metrics),
  };
}
