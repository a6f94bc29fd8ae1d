import { readMigrations } from '../db/migrate.js';
import type { Asker, Finding } from './finding.js';

const check = 'migrations';

/** Whether the schema is the one of this version. */
export async function checkSchema({ query }: Asker): Promise<Finding> {
  const shipped = await readMigrations();
  const [schema] = await query<{ exists: boolean }>(
    `select to_regclass('footfall.schema_migrations') is not null as exists`,
  );
  if (!schema?.exists)
    return { check, status: 'fail', message: 'there is no schema yet', hint: 'footfall migrate' };
  const applied = await query<{ version: number; checksum: string }>(
    'select version, checksum from footfall.schema_migrations order by version',
  );
  const known = new Map(shipped.map(({ version, checksum }) => [version, checksum]));
  const strange = applied.filter(({ version, checksum }) => known.get(version) !== checksum);
  const done = new Set(applied.map(({ version }) => version));
  const pending = shipped.filter(({ version }) => !done.has(version));
  if (strange.length > 0) {
    const versions = strange.map(({ version }) => version).join(', ');
    return { check, status: 'fail', message: `${versions} are of another Footfall, or were changed` };
  }
  if (pending.length > 0)
    return { check, status: 'fail', message: `${pending.length} are not applied`, hint: 'footfall migrate' };
  return { check, status: 'ok', message: `version ${applied.at(-1)?.version}` };
}
