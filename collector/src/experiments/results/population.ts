import type { Binder } from './bind.js';
import type { Definition } from './definition.js';

/** What a recomputation is asked for. */
export type Scope = {
  definition: Definition;
  /** Unix milliseconds. Nothing later counts. */
  now: number;
  /** Only units whose conversion window is over. */
  completeWindows: boolean;
};

/** Exposures and metrics without a window end with the phase, or now. */
export function untilOf({ definition, now }: Pick<Scope, 'definition' | 'now'>): Date {
  return new Date(Math.min(now, definition.endedAt?.getTime() ?? now));
}

/**
 * Units of the phase from its exposure events: `exposures`, and `units` with the variation and time of the first one and
 * the number of variations seen.
 */
export function populationOf(scope: Scope, { bind }: Binder): string {
  const { site, experiment, phase, unitType, startedAt } = scope.definition;
  return `exposures as (
    select x.unit_id, x.variation, x.occurred_at, x.event_day, x.event_id
    from footfall.exposure_events x
    where x.site = ${bind(site, 'text')} and x.experiment = ${bind(experiment, 'text')}
      and x.phase = ${bind(phase, 'integer')} and x.unit_type = ${bind(unitType, 'text')}
      and x.event_day >= ${bind(startedAt, 'timestamptz')}::date - 1
      and x.occurred_at < ${bind(untilOf(scope), 'timestamptz')}
  ),
  units as (
    select unit_id, min(variation) as variation, count(distinct variation) as seen, min(occurred_at) as exposed_at
    from exposures group by unit_id
  )`;
}
