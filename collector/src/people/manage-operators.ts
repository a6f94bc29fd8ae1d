import { writeAudit } from '../access/audit.js';
import type { Role } from '../access/keys.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import {
  deleteOperator,
  insertOperator,
  lockOperator,
  lockOwners,
  type Operator,
  type OperatorFields,
  storePassword,
  updateOperator,
} from './operators.js';
import { addPasswordToken, deletePasswordToken, type PasswordToken } from './password-tokens.js';
import { endSessions } from './sessions.js';

/** Who manages people. `sites` null means all of them. */
export type Manager = {
  /** Null where it is a key or the command line. */
  operatorId: string | null;
  role: Role;
  sites: string[] | null;
  /** For the audit log. */
  actor: string;
  /** Milliseconds since 1970. */
  now: number;
};

export type NewOperator = Pick<Operator, 'email' | 'name' | 'role' | 'sites'>;
type Reach = Pick<Operator, 'role' | 'sites'>;
type Change = { [Field in keyof OperatorFields]?: OperatorFields[Field] | undefined };

/** Owners manage everybody, admins the admins and analysts who have no site that they have not themselves. */
export function mayManage({ role, sites }: Manager, person: Reach): boolean {
  const isAbove = role === 'owner' || (role === 'admin' && person.role !== 'owner');
  return isAbove && (sites === null || (person.sites ?? ['*']).every((site) => sites.includes(site)));
}

/**
 * Adds a person, who sets a password with the token.
 *
 * @throws Refusal 403 beyond the reach of who asks, 404 for a site that is none, 409 for an address that is taken
 */
export async function addOperator(
  database: Database,
  manager: Manager,
  given: NewOperator,
): Promise<{ operator: Operator; token: PasswordToken }> {
  requireReach(manager, given);
  return database.asOwner(async (tx) => {
    await requireSites(tx, given.sites);
    const operator = await insertOperator(tx, given);
    if (!operator)
      throw new Refusal(409, 'taken', `email: there is a user "${given.email}" already`, { path: 'email' });
    const { role, sites } = given;
    await audit(tx, manager, { action: 'user.add', operator, detail: { role, sites: sites ?? 'all' } });
    return { operator, token: await addPasswordToken(tx, operator.id) };
  });
}

/**
 * Changes name, role, sites, or whether a person may log in. A change of role, and the end of an account, end the sessions.
 *
 * @throws Refusal 403 beyond the reach of who asks, 404 for a person or a site that is none, 409 for the last owner
 */
export async function changeOperator(
  database: Database,
  manager: Manager,
  { id, change }: { id: string; change: Change },
): Promise<Operator> {
  return database.asOwner(async (tx) => {
    const owners = await lockOwners(tx);
    const before = await requireOperator(tx, manager, id);
    const after = apply(change, fieldsOf(before));
    requireNotSelf(manager, before, after);
    requireReach(manager, after);
    if (after.role !== 'owner' || after.isDisabled) requireOtherOwner(owners, id);
    await requireSites(tx, change.sites ?? null);
    const operator = await updateOperator(tx, id, after);
    if (after.isDisabled) await deletePasswordToken(tx, id);
    if (after.isDisabled || after.role !== before.role) await endSessions(tx, id);
    await audit(tx, manager, { action: 'user.change', operator, detail: describeChange(change) });
    return operator;
  });
}

/**
 * Takes a password away, ends the sessions, and makes a token for another one.
 *
 * @throws Refusal 403 for an account that is disabled, 404 for one that is none or beyond the reach of who asks
 */
export async function resetPassword(
  database: Database,
  manager: Manager,
  id: string,
): Promise<{ operator: Operator; token: PasswordToken }> {
  return database.asOwner(async (tx) => {
    const operator = await requireOperator(tx, manager, id);
    if (operator.disabledAt)
      throw new Refusal(403, 'disabled', 'id: this account is disabled', { path: 'id' });
    await storePassword(tx, id, null);
    await endSessions(tx, id);
    await audit(tx, manager, { action: 'user.reset', operator });
    return { operator: { ...operator, passwordHash: null }, token: await addPasswordToken(tx, id) };
  });
}

/**
 * Deletes a person.
 *
 * @throws Refusal 403 for oneself, 404 for a person who is none or beyond the reach of who asks, 409 for the last owner
 */
export async function removeOperator(database: Database, manager: Manager, id: string): Promise<void> {
  await database.asOwner(async (tx) => {
    const owners = await lockOwners(tx);
    const operator = await requireOperator(tx, manager, id);
    requireNotSelf(manager, operator, undefined);
    requireOtherOwner(owners, id);
    await deleteOperator(tx, id);
    await audit(tx, manager, { action: 'user.delete', operator });
  });
}

function fieldsOf({ name, role, sites, disabledAt }: Operator): OperatorFields {
  return { name, role, sites, isDisabled: disabledAt !== null };
}

function apply({ name, role, sites, isDisabled }: Change, before: OperatorFields): OperatorFields {
  return {
    name: name ?? before.name,
    role: role ?? before.role,
    sites: sites === undefined ? before.sites : sites,
    isDisabled: isDisabled ?? before.isDisabled,
  };
}

function describeChange({ name, role, sites, isDisabled }: Change): Record<string, unknown> {
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(sites !== undefined && { sites: sites ?? 'all' }),
    ...(isDisabled !== undefined && { disabled: isDisabled }),
  };
}

async function requireOperator(tx: Transaction, manager: Manager, id: string): Promise<Operator> {
  const operator = await lockOperator(tx, id);
  if (operator && (mayManage(manager, operator) || manager.operatorId === id)) return operator;
  throw new Refusal(404, 'not_found', `id: there is no user "${id}" whom you manage`, { path: 'id' });
}

function requireReach(manager: Manager, person: Reach): void {
  if (person.role === 'owner' && person.sites !== null)
    throw new Refusal(400, 'bad_user', 'sites: expected "all", which owners have', { path: 'sites' });
  if (mayManage(manager, person)) return;
  const path = manager.role === 'owner' || person.role !== 'owner' ? 'sites' : 'role';
  const message = `${path}: expected no more than you may do yourself`;
  throw new Refusal(403, 'reach', message, { path });
}

// Nobody raises himself, and nobody locks himself out by mistake.
function requireNotSelf(manager: Manager, before: Operator, after: OperatorFields | undefined): void {
  if (manager.operatorId !== before.id) return;
  const { name: _, ...now } = fieldsOf(before);
  if (after) {
    const { name: __, ...then } = after;
    if (JSON.stringify(now) === JSON.stringify(then)) return;
  }
  const message = 'id: your own role, sites and account are for another administrator to change';
  throw new Refusal(403, 'self', message, { path: 'id' });
}

function requireOtherOwner(owners: string[], id: string): void {
  if (!owners.includes(id) || owners.length > 1) return;
  throw new Refusal(409, 'last_owner', 'id: this is the last owner who can log in', {
    path: 'id',
    hint: 'make another owner first',
  });
}

async function requireSites(tx: Transaction, sites: string[] | null): Promise<void> {
  if (sites === null) return;
  const rows = await tx.query<{ site: string }>(
    `/* manage-operators.requireSites */
     select site from unnest($1::text[]) as site where site not in (select s.site from footfall.sites s) limit 1`,
    [sites],
  );
  const [missing] = rows;
  if (!missing) return;
  throw new Refusal(404, 'unknown_site', `sites: there is no site "${missing.site}"`, { path: 'sites' });
}

type Entry = { action: string; operator: Operator; detail?: unknown };

function audit(tx: Transaction, { actor, now }: Manager, { action, operator, detail }: Entry): Promise<void> {
  return writeAudit(tx, { at: now, site: '', actor, action, target: operator.email, detail });
}
