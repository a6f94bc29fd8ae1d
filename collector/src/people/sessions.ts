import { createHash, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/database.js';
import type { OperatorRole } from './operators.js';

/** The person of a session. `sites` null means all of them. */
export type SessionHolder = {
  operatorId: string;
  email: string;
  name: string;
  role: OperatorRole;
  sites: string[] | null;
};

type HolderRow = {
  operator_id: string;
  email: string;
  name: string;
  role: OperatorRole;
  sites: string[] | null;
};

const tokenBytes = 32;
const maxUserAgentChars = 256;

// From the last request and from the login, by the clock of the database, which all collectors share.
const inForce = `s.last_seen_at > now() - interval '12 hours' and s.created_at > now() - interval '14 days'`;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Begins a session in the transaction of the login. The token is in the answer alone: the database holds the SHA-256. */
export async function addSession(
  tx: Transaction,
  { operatorId, userAgent }: { operatorId: string; userAgent: string },
): Promise<string> {
  const token = randomBytes(tokenBytes).toString('base64url');
  await tx.query(
    `/* sessions.addSession */
     insert into footfall.operator_sessions (session_hash, operator_id, user_agent)
     values ($1::bytea, $2::uuid, $3::text)`,
    [hashOf(token), operatorId, userAgent.slice(0, maxUserAgentChars)],
  );
  return token;
}

/**
 * The person of a session that is in force, and whose account is. The session is seen by it; a minute is exact enough, and
 * spares a dashboard of twelve questions eleven writes.
 */
export async function findSessionHolder(
  database: Database,
  token: string,
): Promise<SessionHolder | undefined> {
  const rows = await database.asOwner((tx) =>
    tx.query<HolderRow>(
      `/* sessions.findSessionHolder */
       with seen as (
         update footfall.operator_sessions s set last_seen_at = now()
         where s.session_hash = $1::bytea and ${inForce} and s.last_seen_at < now() - interval '1 minute'
       )
       select o.operator_id, o.email, o.name, o.role, o.sites
       from footfall.operator_sessions s join footfall.operators o using (operator_id)
       where s.session_hash = $1::bytea and ${inForce} and o.disabled_at is null`,
      [hashOf(token)],
    ),
  );
  const [row] = rows;
  return row && readHolder(row);
}

function readHolder({ operator_id: operatorId, email, name, role, sites }: HolderRow): SessionHolder {
  return { operatorId, email, name, role, sites };
}

/** Ends a session. False where there is none. */
export async function endSession(tx: Transaction, token: string): Promise<boolean> {
  const rows = await tx.query(
    `/* sessions.endSession */
     delete from footfall.operator_sessions where session_hash = $1::bytea returning 1`,
    [hashOf(token)],
  );
  return rows.length > 0;
}

/** Ends all sessions of a person. */
export async function endSessions(tx: Transaction, operatorId: string): Promise<void> {
  await tx.query(
    `/* sessions.endSessions */
     delete from footfall.operator_sessions where operator_id = $1::uuid`,
    [operatorId],
  );
}

/** Deletes the sessions that are over, and the tokens that nobody used. A job. */
export async function deleteEndedSessions(database: Database): Promise<void> {
  await database.asOwner(async (tx) => {
    tx.send(
      `/* sessions.deleteEndedSessions */ delete from footfall.operator_sessions s where not (${inForce})`,
    );
    tx.send(
      '/* sessions.deleteEndedSessions */ delete from footfall.operator_tokens where expires_at < now()',
    );
  });
}
