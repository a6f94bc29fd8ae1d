import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../db/database.js';
import { type By, writeAudit } from './audit.js';

export type Share = {
  id: string;
  name: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
};

type Row = {
  share_id: string;
  name: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
};

export const sharePrefix = 'ff_share_';
const tokenBytes = 32;
const columns = 'share_id, name, created_at, expires_at, revoked_at';

export function isShareToken(token: string): boolean {
  return token.startsWith(sharePrefix);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function readShare(row: Row): Share {
  const { share_id: id, name, created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt } = row;
  return { id, name, createdAt, expiresAt, revokedAt };
}

/** The token of a new link. */
export function makeShareToken(): string {
  return sharePrefix + randomBytes(tokenBytes).toString('hex');
}

/** Makes a link to the reports of a site, by the token that reads them. The database holds its SHA-256. */
export async function addShare(
  database: Database,
  { site, name, expiresAt, token }: { site: string; name: string; expiresAt: string | null; token: string },
  by: By,
): Promise<Share> {
  return database.asOwner(async (tx) => {
    const [row] = await tx.query<Row>(
      `/* shares.addShare */
       insert into footfall.shares (site, name, token_hash, expires_at)
       values ($1::text, $2::text, $3::bytea, $4::timestamptz) returning ${columns}`,
      [site, name, hashOf(token), expiresAt],
    );
    if (!row) throw new Error('shares.addShare: expected a row');
    await writeAudit(tx, {
      ...by,
      site,
      action: 'share.create',
      target: row.share_id,
      detail: { expiresAt },
    });
    return readShare(row);
  });
}

/** The link of a token and the site that it shows, unless it has ended. The lookup is by hash, so its time tells nothing of the token. */
export async function findShare(
  database: Database,
  token: string,
): Promise<{ id: string; site: string } | undefined> {
  const rows = await database.asOwner((tx) =>
    tx.query<{ id: string; site: string }>(
      `/* shares.findShare */
       select share_id as id, site from footfall.shares
       where token_hash = $1::bytea and revoked_at is null and (expires_at is null or expires_at > now())`,
      [hashOf(token)],
    ),
  );
  return rows[0];
}

/** All links of a site, the newest last, without their tokens. */
export async function listShares(database: Database, site: string): Promise<Share[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<Row>(
      `/* shares.listShares */
       select ${columns} from footfall.shares where site = $1::text order by created_at`,
      [site],
    ),
  );
  return rows.map(readShare);
}

/** Ends a link at once. False where the site has none in force of the id. */
export async function revokeShare(
  database: Database,
  { site, id }: { site: string; id: string },
  by: By,
): Promise<boolean> {
  return database.asOwner(async (tx) => {
    const rows = await tx.query(
      `/* shares.revokeShare */
       update footfall.shares set revoked_at = now()
       where site = $1::text and share_id::text = $2::text and revoked_at is null returning share_id`,
      [site, id],
    );
    if (rows.length > 0) await writeAudit(tx, { ...by, site, action: 'share.revoke', target: id });
    return rows.length > 0;
  });
}
