import { randomBytes } from 'node:crypto';
import { writeAudit } from '../access/audit.js';
import { unknownSite } from '../access/known-site.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import type { Author } from './experiment-rows.js';

/** A layer, or the holdout with the share of units that no experiment takes. */
export type Layer = { site: string; layer: string; unitType: string; share: number | null };

const seedBytes = 9;

/** The layers of a site. */
export async function listLayers(tx: Transaction, site: string): Promise<Layer[]> {
  return tx.query<Layer>(
    `/* layers.listLayers */
     select site, layer, unit_type as "unitType", share::float8 as share
     from footfall.experiment_layers where site = $1::text order by layer`,
    [site],
  );
}

/**
 * Makes a layer, or sets the share of the holdout.
 *
 * @throws Refusal 409 where experiments run that the change would move units in
 */
export async function setLayer(
  database: Database,
  {
    site,
    layer,
    unitType,
    share,
  }: { site: string; layer: string; unitType: string; share?: number | undefined },
  { actor, now }: Author,
): Promise<Layer> {
  requireFittingShare(layer, share);
  return database.asOwner(async (tx) => {
    await requireIdle(tx, { site, layer });
    const rows = await tx.query<Layer>(
      `/* layers.setLayer */
       insert into footfall.experiment_layers (site, layer, seed, unit_type, share)
       select site, $2::text, $3::text, $4::text, $5::numeric from footfall.sites where site = $1::text
       on conflict (site, layer) do update set unit_type = excluded.unit_type, share = excluded.share
       returning site, layer, unit_type as "unitType", share::float8 as share`,
      [site, layer, randomBytes(seedBytes).toString('base64url'), unitType, share ?? null],
    );
    const [stored] = rows;
    if (!stored) throw unknownSite(site);
    await writeAudit(tx, { at: now, site, actor, action: 'layer.set', target: layer, detail: stored });
    return stored;
  });
}

function requireFittingShare(layer: string, share: number | undefined): void {
  if ((layer === 'holdout') === (share !== undefined)) return;
  const message = layer === 'holdout' ? 'expected a share from 0 to 1' : 'only the holdout has one';
  throw new Refusal(400, 'bad_layer', `share: ${message}`, { path: 'share' });
}

async function requireIdle(tx: Transaction, { site, layer }: { site: string; layer: string }): Promise<void> {
  const running = await tx.query<{ experiment: string }>(
    `/* layers.requireIdle */
     select experiment from footfall.experiments
     where site = $1::text and status = 'running' and ($2::text = 'holdout' or layer = $2::text) limit 1`,
    [site, layer],
  );
  if (!running[0]) return;
  const message = `layer: "${running[0].experiment}" runs, and its units would move`;
  throw new Refusal(409, 'layer_in_use', message, {
    path: 'layer',
    hint: 'stop the experiments of the layer first',
  });
}
