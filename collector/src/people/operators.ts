import type { Database, Transaction } from '../db/database.js';

export const operatorRoles = ['owner', 'admin', 'analyst'] as const;
export type OperatorRole = (typeof operatorRoles)[number];

/** A person who logs in. `sites` null means all of them. */
export type Operator = {
  id: string;
  email: string;
  name: string;
  role: OperatorRole;
  sites: string[] | null;
  /** scrypt with its parameters; null until the person has set a password. */
  passwordHash: string | null;
  createdAt: Date;
  lastLoginAt: Date | null;
  disabledAt: Date | null;
};

/** What can be given and changed. */
export type OperatorFields = Pick<Operator, 'name' | 'role' | 'sites'> & { isDisabled: boolean };

type Row = {
  operator_id: string;
  email: string;
  name: string;
  role: OperatorRole;
  sites: string[] | null;
  password_hash: string | null;
  created_at: Date;
  last_login_at: Date | null;
  disabled_at: Date | null;
};

const columns =
  'operator_id, email, name, role, sites, password_hash, created_at, last_login_at, disabled_at';

function readOperator(row: Row): Operator {
  return {
    id: row.operator_id,
    email: row.email,
    name: row.name,
    role: row.role,
    sites: row.sites,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
    disabledAt: row.disabled_at,
  };
}

/** All people who may log in or might once, by address. */
export async function listOperators(database: Database): Promise<Operator[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<Row>(`/* operators.listOperators */ select ${columns} from footfall.operators order by email`),
  );
  return rows.map(readOperator);
}

/** Whether there is nobody yet: the first owner is made by command, or with a key. */
export async function hasNoOperator(database: Database): Promise<boolean> {
  const rows = await database.asOwner((tx) =>
    tx.query('/* operators.hasNoOperator */ select 1 from footfall.operators limit 1'),
  );
  return rows.length === 0;
}

/** The person of an address, in lower case; unchanged until the transaction ends. */
export async function findOperatorByEmail(tx: Transaction, email: string): Promise<Operator | undefined> {
  const [row] = await tx.query<Row>(
    `/* operators.findOperatorByEmail */ select ${columns} from footfall.operators where email = $1::text for share`,
    [email],
  );
  return row && readOperator(row);
}

/** The person of an id. */
export async function findOperator(tx: Transaction, id: string): Promise<Operator | undefined> {
  const [row] = await tx.query<Row>(
    `/* operators.findOperator */ select ${columns} from footfall.operators where operator_id::text = $1::text`,
    [id],
  );
  return row && readOperator(row);
}

/** The person of an id, locked until the transaction ends. */
export async function lockOperator(tx: Transaction, id: string): Promise<Operator | undefined> {
  const [row] = await tx.query<Row>(
    `/* operators.lockOperator */
     select ${columns} from footfall.operators where operator_id::text = $1::text for update`,
    [id],
  );
  return row && readOperator(row);
}

/** How many owners can log in. They are locked, so that of two who take away each other's role one comes too late. */
export async function lockOwners(tx: Transaction): Promise<string[]> {
  const rows = await tx.query<{ operator_id: string }>(
    `/* operators.lockOwners */
     select operator_id from footfall.operators
     where role = 'owner' and disabled_at is null order by operator_id for update`,
  );
  return rows.map(({ operator_id: id }) => id);
}

/** Adds a person without a password. Undefined where the address is taken. */
export async function insertOperator(
  tx: Transaction,
  { email, name, role, sites }: Pick<Operator, 'email' | 'name' | 'role' | 'sites'>,
): Promise<Operator | undefined> {
  const [row] = await tx.query<Row>(
    `/* operators.insertOperator */
     insert into footfall.operators (email, name, role, sites)
     values ($1::text, $2::text, $3::text, $4::text[]) on conflict do nothing returning ${columns}`,
    [email, name, role, sites],
  );
  return row && readOperator(row);
}

/** Writes all that can be changed of a person. */
export async function updateOperator(
  tx: Transaction,
  id: string,
  { name, role, sites, isDisabled }: OperatorFields,
): Promise<Operator> {
  const [row] = await tx.query<Row>(
    `/* operators.updateOperator */
     update footfall.operators set name = $2::text, role = $3::text, sites = $4::text[],
       disabled_at = case when $5::boolean then coalesce(disabled_at, now()) end
     where operator_id = $1::uuid returning ${columns}`,
    [id, name, role, sites, isDisabled],
  );
  if (!row) throw new Error('operators.updateOperator: expected a row');
  return readOperator(row);
}

/** Sets a password, or takes it away. */
export async function storePassword(tx: Transaction, id: string, passwordHash: string | null): Promise<void> {
  await tx.query(
    `/* operators.storePassword */
     update footfall.operators set password_hash = $2::text where operator_id = $1::uuid`,
    [id, passwordHash],
  );
}

/** Remembers when a person came last. */
export async function markLogin(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    `/* operators.markLogin */ update footfall.operators set last_login_at = now() where operator_id = $1::uuid`,
    [id],
  );
}

/** Deletes a person, with sessions and token. The audit log keeps the address. */
export async function deleteOperator(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    '/* operators.deleteOperator */ delete from footfall.operators where operator_id = $1::uuid',
    [id],
  );
}
