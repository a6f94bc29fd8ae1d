import { Hono } from 'hono';
import type { Availability } from './db/availability.js';
import type { Database } from './db/database.js';
import { readMigrations } from './db/migrate.js';
import type { DiskGuard } from './disk-guard.js';
import type { Registry } from './metrics/registry.js';
import type { Spool } from './spool/open-spool.js';

export type HealthDeps = {
  availability: Availability;
  database: Database;
  disk: DiskGuard;
  spool: Pick<Spool, 'measure'>;
  spoolMaxBytes: number;
  registry: Registry;
  /** Aborted when the collector begins to stop. */
  stopping: AbortSignal;
};

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';
const fullShare = 0.95;
const migrationsMs = 2_000;

/** `/healthz`: the process answers. `/readyz`: it can store events in full. `/metrics`: its counters. */
export function healthRoutes(deps: HealthDeps): Hono {
  const routes = new Hono();
  routes.get('/healthz', (c) => c.json({ ok: true }));
  routes.get('/readyz', async (c) => {
    const reasons = await findReasons(deps);
    return c.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });
  routes.get('/metrics', async (c) =>
    c.body(await deps.registry.text(), 200, { 'content-type': prometheusType }),
  );
  return routes;
}

async function findReasons({ availability, database, disk, spool, spoolMaxBytes, stopping }: HealthDeps) {
  const isUp = await availability.check();
  const missing = isUp ? await countMissing(database) : 0;
  const { bytes } = await spool.measure();
  return [
    ...(stopping.aborted ? ['stopping: the collector takes no new requests'] : []),
    ...(isUp ? [] : ['database: away; events go to the spool']),
    ...(missing > 0 ? [`migrations: ${missing} are not applied`] : []),
    ...(bytes >= fullShare * spoolMaxBytes ? [`spool: full (${bytes} of ${spoolMaxBytes} bytes)`] : []),
    ...(disk.database?.isLow() ? [`disk: ${disk.database.bytes()} bytes free for the database`] : []),
    ...(disk.spool.isLow() ? [`disk: ${disk.spool.bytes()} bytes free for the spool`] : []),
  ];
}

// A schema that is ahead is no reason: during an upgrade the old version goes on beside the new one.
async function countMissing(database: Database): Promise<number> {
  const shipped = await readMigrations();
  const applied = await database
    .within(migrationsMs)
    .asIngest((tx) =>
      tx.query<{ version: number }>(
        '/* health.countMissing */ select version from footfall.schema_migrations',
      ),
    );
  const versions = new Set(applied.map(({ version }) => version));
  return shipped.filter(({ version }) => !versions.has(version)).length;
}
