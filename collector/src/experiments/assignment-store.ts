import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';

export type UnitKey = { site: string; unitType: string; unitId: string };

/** What was assigned to a unit. Times are milliseconds since 1970. */
export type Assignment = UnitKey & {
  experiment: string;
  phase: number;
  variation: string;
  mergedFrom: string | null;
  assignedAt: number;
};

type Row = {
  site: string;
  experiment: string;
  phase: number;
  unit_type: string;
  unit_id: string;
  variation: string;
  merged_from: string | null;
  assigned_at: Date;
};

const unitColumns = [
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'unitType' as const, name: 'unit_type', type: 'text' },
  { key: 'unitId' as const, name: 'unit_id', type: 'text' },
];

const columns = [
  ...unitColumns,
  { key: 'experiment' as const, name: 'experiment', type: 'text' },
  { key: 'phase' as const, name: 'phase', type: 'integer' },
  { key: 'variation' as const, name: 'variation', type: 'text' },
  { key: 'mergedFrom' as const, name: 'merged_from', type: 'text' },
  { key: 'assignedAt' as const, name: 'assigned_at', type: 'timestamptz' },
];
const names = columns.map(({ name }) => name).join(', ');

/** All that is assigned to the units, of every phase. */
export async function readAssignments(tx: Transaction, units: UnitKey[]): Promise<Assignment[]> {
  if (units.length === 0) return [];
  const { from, select, values } = unnestRows(units, unitColumns, { alias: 'u' });
  const rows = await tx.query<Row>(
    `/* assignment-store.readAssignments */
     with units as materialized (select distinct ${select} from ${from})
     select a.site, a.experiment, a.phase, a.unit_type, a.unit_id, a.variation, a.merged_from, a.assigned_at
     from units u join footfall.experiment_assignments a
       on a.site = u.site and a.unit_type = u.unit_type and a.unit_id = u.unit_id
     order by a.assigned_at, a.experiment, a.phase`,
    values,
  );
  return rows.map(toAssignment);
}

/**
 * Stores assignments unless the unit has one for the phase: the first write wins.
 *
 * @returns those that were stored. The rows are sorted, since two transactions that insert in another order deadlock
 */
export async function insertAssignments(tx: Transaction, assignments: Assignment[]): Promise<Assignment[]> {
  if (assignments.length === 0) return [];
  const { from, select, values } = unnestRows(assignments, columns, { alias: 'r' });
  const rows = await tx.query<Row>(
    `/* assignment-store.insertAssignments */
     with incoming as materialized (select ${select} from ${from})
     insert into footfall.experiment_assignments (${names})
     select ${names} from incoming
     order by site, experiment, phase, unit_type, unit_id
     on conflict do nothing
     returning ${names}`,
    values,
  );
  return rows.map(toAssignment);
}

function toAssignment(row: Row): Assignment {
  return {
    site: row.site,
    experiment: row.experiment,
    phase: row.phase,
    unitType: row.unit_type,
    unitId: row.unit_id,
    variation: row.variation,
    mergedFrom: row.merged_from,
    assignedAt: row.assigned_at.getTime(),
  };
}
