import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { experimentKey, siteSlug } from '@footfall/schema';
import { z } from 'zod';
import type { Database } from '../db/database.js';

/** The parameter of a page's URL that shows a variation. */
export const previewParameter = 'footfall_preview';

const claimSchema = z.tuple([siteSlug, experimentKey, experimentKey, z.number().int()]);
const secretBytes = 32;

/** What a link shows: a variation of an experiment, until a time in milliseconds since 1970. */
export type Preview = { site: string; experiment: string; variation: string; expiresAt: number };

/** Signs a preview with the secret of its site, which is made at the first one. */
export async function signPreview(
  database: Database,
  { site, experiment, variation, expiresAt }: Preview,
): Promise<string> {
  const secret = await keepSecret(database, site);
  const claim = Buffer.from(JSON.stringify([site, experiment, variation, expiresAt])).toString('base64url');
  return `${claim}.${macOf(claim, secret).toString('base64url')}`;
}

async function keepSecret(database: Database, site: string): Promise<Buffer> {
  return database.asIngest(async (tx) => {
    await tx.query(
      `/* preview.keepSecret */
       insert into footfall.preview_secrets (site, secret) values ($1::text, $2::bytea) on conflict do nothing`,
      [site, randomBytes(secretBytes)],
    );
    const rows = await tx.query<{ secret: Buffer }>(
      'select secret from footfall.preview_secrets where site = $1::text',
      [site],
    );
    if (!rows[0]) throw new Error(`preview_secrets: expected a row of ${site}`);
    return rows[0].secret;
  });
}

function macOf(claim: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(claim).digest();
}

/** What a token shows, or undefined where it was not signed for the site or its time is over. */
export async function readPreview(
  database: Database,
  { token, site, now }: { token: string; site: string; now: number },
): Promise<Preview | undefined> {
  const [claim = '', signature = ''] = token.slice(0, 2_000).split('.');
  const rows = await database.asIngest((tx) =>
    tx.query<{ secret: Buffer }>('select secret from footfall.preview_secrets where site = $1::text', [site]),
  );
  const secret = rows[0]?.secret;
  if (!secret || !isSame(Buffer.from(signature, 'base64url'), macOf(claim, secret))) return undefined;
  const [of, experiment, variation, expiresAt] = claimSchema.parse(
    JSON.parse(Buffer.from(claim, 'base64url').toString()),
  );
  return of === site && expiresAt > now ? { site, experiment, variation, expiresAt } : undefined;
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
