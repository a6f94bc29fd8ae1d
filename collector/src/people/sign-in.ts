import { writeAudit } from '../access/audit.js';
import { actorOf } from '../access/principal.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import type { LoginThrottle } from './login-throttle.js';
import {
  findOperator,
  findOperatorByEmail,
  lockOperator,
  markLogin,
  type Operator,
  storePassword,
} from './operators.js';
import { hashPassword, isPassword } from './password.js';
import { findTokenHolder, takePasswordToken } from './password-tokens.js';
import { addSession, endSession, endSessions, findSessionHolder } from './sessions.js';

/** Where a person sits who signs in. */
export type Client = {
  address: string;
  userAgent: string;
  /** The session that the browser has already: it ends with the login. */
  previous: string | undefined;
};

export type SignedIn = { operator: Operator; token: string };
type Deps = { database: Database; now: () => number; throttle: LoginThrottle };

const minPasswordChars = 12;
const maxPasswordChars = 256;
const lookMs = 5_000;

/**
 * Signs a person in by password. An account that is unknown, disabled or without a password is answered as a wrong
 * password is, after as much work.
 *
 * @throws Refusal 401 for all of these, 429 after too many
 */
export async function signInByPassword(
  { database, now, throttle }: Deps,
  { email, password, client }: { email: string; password: string; client: Client },
): Promise<SignedIn> {
  const bounded = database.within(lookMs);
  const signedIn = await throttle.check({ account: email, address: client.address }, async () => {
    const operator = await bounded.asOwner((tx) => findOperatorByEmail(tx, email));
    const isRight = await isPassword(password, operator?.passwordHash);
    return bounded.asOwner(async (tx) => {
      if (isRight && operator && (await isStill(tx, operator)))
        return {
          operator,
          token: await beginSession(tx, { operator, client, now: now(), method: 'password' }),
        };
      await auditFailure(tx, { operator, now: now(), method: 'password' });
      return false;
    });
  });
  if (signedIn) return signedIn;
  throw new Refusal(
    401,
    'wrong_password',
    'sign-in: this e-mail address and password do not belong together',
  );
}

// While the password was checked the account may have been disabled, or the password replaced.
async function isStill(tx: Transaction, { id, passwordHash }: Operator): Promise<boolean> {
  const now = await lockOperator(tx, id);
  return now !== undefined && now.disabledAt === null && now.passwordHash === passwordHash;
}

/** Begins the session of a person who has shown who he is. @returns its token */
export async function beginSession(
  tx: Transaction,
  { operator, client, now, method }: { operator: Operator; client: Client; now: number; method: string },
): Promise<string> {
  if (client.previous !== undefined) await endSession(tx, client.previous);
  await markLogin(tx, operator.id);
  await auditOwn(tx, { operator, now, action: 'login', detail: { method } });
  return addSession(tx, { operatorId: operator.id, userAgent: client.userAgent });
}

/** Notes a sign-in that failed. An address without an account is not kept: people type passwords into the wrong field. */
export async function auditFailure(
  tx: Transaction,
  { operator, now, method }: { operator: Operator | undefined; now: number; method: string },
): Promise<void> {
  const target = operator?.email ?? 'unknown account';
  await writeAudit(tx, {
    at: now,
    site: '',
    actor: 'sign-in',
    action: 'login.failed',
    target,
    detail: { method },
  });
}

function auditOwn(
  tx: Transaction,
  { operator, now, action, detail }: { operator: Operator; now: number; action: string; detail?: unknown },
): Promise<void> {
  const { id, email, role, sites } = operator;
  const actor = actorOf({ kind: 'operator', id, name: email, role, sites });
  return writeAudit(tx, { at: now, site: '', actor, action, target: email, detail });
}

/** Ends a session, if it is one. */
export async function signOut({ database, now }: Omit<Deps, 'throttle'>, token: string): Promise<void> {
  const holder = await findSessionHolder(database, token);
  await database.asOwner(async (tx) => {
    const isEnded = await endSession(tx, token);
    const operator = holder && (await findOperator(tx, holder.operatorId));
    if (isEnded && operator) await auditOwn(tx, { operator, now: now(), action: 'logout' });
  });
}

/**
 * Sets a password by a token, which is used up. All sessions of the person end.
 *
 * @throws Refusal 400 for a token that is unknown, used or too old, and for a password that is too short
 */
export async function setPasswordByToken(
  { database, now }: Omit<Deps, 'throttle'>,
  { token, password }: { token: string; password: string },
): Promise<Operator> {
  requireGoodPassword(password);
  // Before the work of the hash, which nobody is to have done without a token.
  const id = await database.asOwner((tx) => findTokenHolder(tx, token));
  if (id === undefined) throw badToken();
  const passwordHash = await hashPassword(password);
  return database.asOwner(async (tx) => {
    const operator = await lockOperator(tx, id);
    if (!operator || operator.disabledAt || !(await takePasswordToken(tx, token))) throw badToken();
    await replacePassword(tx, { operator, passwordHash, now: now() });
    return operator;
  });
}

function badToken(): Refusal {
  return new Refusal(400, 'bad_token', 'token: this link is unknown, too old or was used already', {
    path: 'token',
    hint: 'an administrator makes another one: footfall user reset EMAIL',
  });
}

/**
 * Changes the password of a person who is signed in and knows the one before. The other sessions end.
 *
 * @throws Refusal 400 for a password that is too short, 403 for a wrong one before, 429 after too many
 */
export async function changePassword(
  { database, now, throttle }: Deps,
  { email, current, password, client }: { email: string; current: string; password: string; client: Client },
): Promise<SignedIn> {
  requireGoodPassword(password);
  const bounded = database.within(lookMs);
  const changed = await throttle.check({ account: email, address: client.address }, async () => {
    const operator = await bounded.asOwner((tx) => findOperatorByEmail(tx, email));
    if (!(await isPassword(current, operator?.passwordHash)) || !operator) return false;
    const passwordHash = await hashPassword(password);
    return bounded.asOwner(async (tx) => {
      if (!(await isStill(tx, operator))) return false;
      await replacePassword(tx, { operator, passwordHash, now: now() });
      return {
        operator,
        token: await addSession(tx, { operatorId: operator.id, userAgent: client.userAgent }),
      };
    });
  });
  if (changed) return changed;
  throw new Refusal(403, 'wrong_password', 'currentPassword: this is not your password', {
    path: 'currentPassword',
  });
}

async function replacePassword(
  tx: Transaction,
  { operator, passwordHash, now }: { operator: Operator; passwordHash: string; now: number },
): Promise<void> {
  await storePassword(tx, operator.id, passwordHash);
  await endSessions(tx, operator.id);
  await auditOwn(tx, { operator, now, action: 'password.set' });
}

// Length alone, as NIST SP 800-63B has it. The message does not repeat what was given.
function requireGoodPassword(password: string): void {
  const { length } = [...password];
  if (length >= minPasswordChars && length <= maxPasswordChars) return;
  throw new Refusal(
    400,
    'bad_password',
    `password: expected ${minPasswordChars} to ${maxPasswordChars} characters, got ${length}`,
    { path: 'password', expected: `${minPasswordChars} to ${maxPasswordChars} characters` },
  );
}
