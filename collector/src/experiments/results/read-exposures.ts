import type { Transaction } from '../../db/database.js';
import { startBinding } from './bind.js';
import { populationOf, type Scope } from './population.js';

/** Units by the local day of their first exposure. Without a variation: those that saw several. */
export type ExposureRow = { day: string; variation: string | null; units: number };

/** How many units were exposed to what, day by day in the site's timezone. */
export function readExposures(tx: Transaction, scope: Scope): Promise<ExposureRow[]> {
  const binder = startBinding();
  const population = populationOf(scope, binder);
  const timezone = binder.bind(scope.definition.timezone, 'text');
  return tx.query<ExposureRow>(
    `/* read-exposures.readExposures */
     with ${population}
     select (exposed_at at time zone ${timezone})::date as day, case when seen = 1 then variation end as variation,
       count(*) as units
     from units group by 1, 2 order by 1, 2`,
    binder.values,
  );
}
