import { checkSpool, checkVolume } from './check-disk.js';
import { checkRoles } from './check-roles.js';
import { checkSchema } from './check-schema.js';
import { checkClock, checkConnections, checkLocks, checkServer, checkSlowQueries } from './check-server.js';
import { checkIndexes, checkJobs, checkSizes } from './check-tables.js';
import type { Asker, Check, Finding } from './finding.js';

const serverChecks: Check[] = [
  { name: 'server', run: checkServer },
  { name: 'clock', run: checkClock },
  { name: 'connections', run: checkConnections },
  { name: 'slow queries', run: checkSlowQueries },
  { name: 'locks', run: checkLocks },
  { name: 'roles', run: checkRoles },
];

/** Of a schema that is there; they read as its owner. */
const schemaChecks: Check[] = [
  { name: 'migrations', run: checkSchema },
  { name: 'sizes', run: checkSizes },
  { name: 'unused indexes', run: checkIndexes },
  { name: 'partitions', run: checkJobs },
];

type Places = { spoolDir: string; databaseDir: string | undefined };

/** Runs every check. One that fails itself is a finding like the others. */
export async function examine(asker: Asker, { spoolDir, databaseDir }: Places): Promise<Finding[]> {
  // Even to ask for a size waits for whoever has locked the table.
  await asker.query(`set lock_timeout = '2s'; set statement_timeout = '30s'`);
  const findings: Finding[] = [];
  for (const check of serverChecks) findings.push(...(await runCheck(check, asker)));
  if (await entersOwner(asker)) {
    for (const check of schemaChecks) findings.push(...(await runCheck(check, asker)));
  }
  if (databaseDir !== undefined)
    findings.push(await checkVolume({ name: 'database', directory: databaseDir }));
  findings.push(await checkVolume({ name: 'spool', directory: spoolDir }), await checkSpool(spoolDir));
  return findings;
}

async function runCheck({ name, run }: Check, asker: Asker): Promise<Finding[]> {
  try {
    return [await run(asker)].flat();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ check: name, status: 'fail', message: `could not be checked: ${reason}` }];
  }
}

async function entersOwner({ query }: Asker): Promise<boolean> {
  return query('set role footfall_owner').then(
    () => true,
    () => false,
  );
}
