import type { Database } from '../db/database.js';
import { addOperator, changeOperator, type Manager, resetPassword } from '../people/manage-operators.js';
import { findOperatorByEmail, listOperators, type Operator } from '../people/operators.js';
import { type PasswordToken, passwordLink } from '../people/password-tokens.js';
import { describeUser, newUserSchema } from '../people/user-input.js';
import { parseInput } from '../read-input.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { withDatabase } from './with-database.js';

const addUsage = 'user add EMAIL --role owner|admin|analyst [--name NAME] [--site SLUG]… [--json]';
const listUsage = 'user list [--json]';
const resetUsage = 'user reset EMAIL [--json]';
const disableUsage = 'user disable EMAIL';
const json = { json: { type: 'boolean' } } as const;

/** `footfall user add`: a person who logs in, with a link to set the password. */
export const userAdd: Command = {
  usage: addUsage,
  summary: 'add a person who logs in; prints a link to set the password, for three days and once',
  async run(invocation) {
    const { values, positionals } = readOptions(invocation.args, {
      usage: addUsage,
      positionals: 1,
      options: {
        role: { type: 'string' },
        name: { type: 'string' },
        site: { type: 'string', multiple: true },
        ...json,
      },
    });
    await withDatabase(invocation, async (database) => {
      const { role, name, site: sites } = values;
      const given = {
        email: positionals[0],
        role,
        ...(name !== undefined && { name }),
        ...(sites && { sites }),
      };
      const added = await addOperator(database, commandLine(), parseInput(newUserSchema, given, 'bad_user'));
      printLink(invocation, added, values.json === true);
    });
  },
};

/** `footfall user list`: the people who log in. */
export const userList: Command = {
  usage: listUsage,
  summary: 'show the people who log in',
  async run(invocation) {
    const { values } = readOptions(invocation.args, { usage: listUsage, options: json });
    await withDatabase(invocation, async (database) => {
      const users = (await listOperators(database)).map(describeUser);
      if (values.json) invocation.print(JSON.stringify(users));
      else
        for (const { email, name, role, sites, state } of users)
          invocation.print(
            [email, name, role, sites === 'all' ? 'all sites' : sites.join(', '), state].join('\t'),
          );
    });
  },
};

/** `footfall user reset`: takes a password away, and prints a link to set another. */
export const userReset: Command = {
  usage: resetUsage,
  summary: 'take the password of a person away; prints a link to set another',
  async run(invocation) {
    const { values, positionals } = readOptions(invocation.args, {
      usage: resetUsage,
      positionals: 1,
      options: json,
    });
    await withDatabase(invocation, async (database) => {
      const { id } = await requireUser(database, positionals[0]);
      printLink(invocation, await resetPassword(database, commandLine(), id), values.json === true);
    });
  },
};

/** `footfall user disable`: a person logs in no more. */
export const userDisable: Command = {
  usage: disableUsage,
  summary: 'end the sessions of a person, who logs in no more',
  async run(invocation) {
    const { positionals } = readOptions(invocation.args, {
      usage: disableUsage,
      positionals: 1,
      options: {},
    });
    await withDatabase(invocation, async (database) => {
      const { id, email } = await requireUser(database, positionals[0]);
      await changeOperator(database, commandLine(), { id, change: { isDisabled: true } });
      invocation.print(`user ${email} is disabled`);
    });
  },
};

function commandLine(): Manager {
  return { operatorId: null, role: 'owner', sites: null, actor: 'command line', now: Date.now() };
}

async function requireUser(database: Database, email = ''): Promise<Operator> {
  const user = await database.asOwner((tx) => findOperatorByEmail(tx, email.trim().toLowerCase()));
  if (user) return user;
  throw new StartError(`email: there is no user "${email}"; see footfall user list`);
}

function printLink(
  { config, print }: Invocation,
  { operator, token: { token, expiresAt } }: { operator: Operator; token: PasswordToken },
  isJson: boolean,
): void {
  const url = passwordLink(token, config.publicUrl ?? `http://${config.host}:${config.port}`);
  if (isJson)
    print(JSON.stringify({ user: describeUser(operator), passwordLink: { url, token, expiresAt } }));
  else print(`${operator.email} sets the password, once and until ${expiresAt.toISOString()}, at\n${url}`);
}
