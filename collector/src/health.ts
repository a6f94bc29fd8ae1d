import { Hono } from 'hono';
import type { Availability } from './db/availability.js';
import type { DiskGuard } from './disk-guard.js';
import type { Registry } from './metrics/registry.js';
import type { Spool } from './spool/open-spool.js';

export type HealthDeps = {
  availability: Availability;
  disk: DiskGuard;
  spool: Pick<Spool, 'measure'>;
  spoolMaxBytes: number;
  registry: Registry;
  /** Aborted when the collector begins to stop. */
  stopping: AbortSignal;
};

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';
const fullShare = 0.95;

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

async function findReasons({ availability, disk, spool, spoolMaxBytes, stopping }: HealthDeps) {
  const isUp = await availability.check();
  const { bytes } = await spool.measure();
  return [
    ...(stopping.aborted ? ['stopping: the collector takes no new requests'] : []),
    ...(isUp ? [] : ['database: away; events go to the spool']),
    ...(bytes >= fullShare * spoolMaxBytes ? [`spool: full (${bytes} of ${spoolMaxBytes} bytes)`] : []),
    ...(disk.database?.isLow() ? [`disk: ${disk.database.bytes()} bytes free for the database`] : []),
    ...(disk.spool.isLow() ? [`disk: ${disk.spool.bytes()} bytes free for the spool`] : []),
  ];
}
