import type { Asker, Finding } from './finding.js';

const roleNames = ['footfall_owner', 'footfall_ingest', 'footfall_reader'];
const check = 'roles';

type Login = {
  login: string;
  database: string;
  creates_roles: boolean;
  creates_schemas: boolean;
  is_superuser: boolean;
};

/** Whether the login can enter the three roles, or make them; else the SQL that an administrator has to run. */
export async function checkRoles({ query }: Asker): Promise<Finding> {
  const roles = await query<{ name: string; enters: boolean }>(
    `/* doctor.checkRoles */
     select rolname as name, pg_has_role(current_user, oid, 'member') as enters from pg_roles where rolname = any ($1::text[])`,
    [roleNames],
  );
  const [login] = await query<Login>(
    `/* doctor.checkRoles */
     select current_user::text as login, current_database()::text as database, rolcreaterole or rolsuper as creates_roles,
       rolsuper as is_superuser, has_database_privilege(current_database(), 'create') as creates_schemas
     from pg_roles where rolname = current_user`,
  );
  if (!login) throw new Error('pg_roles: expected a row of the login');
  const sql = missingSql(login, roles);
  if (sql.length > 0)
    return {
      check,
      status: 'fail',
      message: `the login ${login.login} may not make what is missing; an administrator runs:`,
      hint: sql.join('\n'),
    };
  if (login.is_superuser)
    return {
      check,
      status: 'warn',
      message: `the login ${login.login} is a superuser: what it forgets to enter a role for is not held back by policies`,
    };
  return { check, status: 'ok', message: `${login.login} enters ${roleNames.join(', ')}` };
}

function missingSql(login: Login, roles: { name: string; enters: boolean }[]): string[] {
  const lines: string[] = [];
  if (!login.creates_roles) {
    for (const name of roleNames) {
      const role = roles.find((one) => one.name === name);
      if (!role) lines.push(`create role ${name} nologin;`);
      if (!role?.enters) lines.push(`grant ${name} to "${login.login}";`);
    }
  }
  if (!login.creates_schemas) lines.push(`grant create on database "${login.database}" to "${login.login}";`);
  return lines;
}
