import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from '../db/database.js';

/** With its token a person sets a password, once. */
export type PasswordToken = { token: string; expiresAt: Date };

const tokenBytes = 32;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Makes a token in the place of the one before. It is in the answer alone: the database holds the SHA-256. */
export async function addPasswordToken(tx: Transaction, operatorId: string): Promise<PasswordToken> {
  const token = randomBytes(tokenBytes).toString('base64url');
  const [row] = await tx.query<{ expires_at: Date }>(
    `/* password-tokens.addPasswordToken */
     insert into footfall.operator_tokens (operator_id, token_hash, expires_at)
     values ($1::uuid, $2::bytea, now() + interval '3 days')
     on conflict (operator_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at
     returning expires_at`,
    [operatorId, hashOf(token)],
  );
  if (!row) throw new Error('password-tokens.addPasswordToken: expected a row');
  return { token, expiresAt: row.expires_at };
}

/** Whose a token is, unless it is unknown, used or too old. */
export async function findTokenHolder(tx: Transaction, token: string): Promise<string | undefined> {
  const [row] = await tx.query<{ operator_id: string }>(
    `/* password-tokens.findTokenHolder */
     select operator_id from footfall.operator_tokens where token_hash = $1::bytea and expires_at > now()`,
    [hashOf(token)],
  );
  return row?.operator_id;
}

/** Uses a token up. False where another request has, or another token took its place. */
export async function takePasswordToken(tx: Transaction, token: string): Promise<boolean> {
  const rows = await tx.query(
    `/* password-tokens.takePasswordToken */
     delete from footfall.operator_tokens where token_hash = $1::bytea and expires_at > now() returning 1`,
    [hashOf(token)],
  );
  return rows.length > 0;
}

/** Takes back the token of a person. */
export async function deletePasswordToken(tx: Transaction, operatorId: string): Promise<void> {
  await tx.query(
    '/* password-tokens.deletePasswordToken */ delete from footfall.operator_tokens where operator_id = $1::uuid',
    [operatorId],
  );
}

/** Where a person sets the password. Behind the #, which browsers send to nobody and proxies do not log. */
export function passwordLink(token: string, publicUrl: string | undefined): string {
  return `${publicUrl ?? ''}/dashboard#password=${token}`;
}
