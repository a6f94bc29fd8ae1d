import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { authorize } from '../access/authorize.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { parseInput, readInput } from '../read-input.js';
import {
  addOperator,
  changeOperator,
  type Manager,
  mayManage,
  removeOperator,
  resetPassword,
} from './manage-operators.js';
import { listOperators, type Operator } from './operators.js';
import { type PasswordToken, passwordLink } from './password-tokens.js';
import { describeUser, newUserSchema, userChangeSchema } from './user-input.js';

export type UserDeps = { database: Database; now: () => number; publicUrl?: string | undefined };
type Environment = { Bindings: HttpBindings };

const path = '/api/v1/users';
const noStore = { 'cache-control': 'no-store' };

/** `/api/v1/users`: the people who log in. Owners manage everybody, admins those of their own sites. */
export function userRoutes(deps: UserDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  const { database, publicUrl } = deps;

  routes.get(path, async (c) => {
    const manager = await requireManager(deps, c);
    const isSeen = (person: Operator) => mayManage(manager, person) || person.id === manager.operatorId;
    const users = (await listOperators(database)).filter(isSeen);
    return c.json({ users: users.map(describeUser) }, 200, noStore);
  });
  routes.post(path, async (c) => {
    const manager = await requireManager(deps, c);
    const given = parseInput(newUserSchema, await readInput(c.env.incoming), 'bad_user');
    const added = await addOperator(database, manager, given);
    return c.json(describeInvitation(added, publicUrl), 201, noStore);
  });
  routes.patch(`${path}/:id`, async (c) => {
    const manager = await requireManager(deps, c);
    const change = parseInput(userChangeSchema, await readInput(c.env.incoming), 'bad_user');
    const user = await changeOperator(database, manager, { id: c.req.param('id'), change });
    return c.json({ user: describeUser(user) }, 200, noStore);
  });
  routes.post(`${path}/:id/reset`, async (c) => {
    const manager = await requireManager(deps, c);
    return c.json(
      describeInvitation(await resetPassword(database, manager, c.req.param('id')), publicUrl),
      200,
      noStore,
    );
  });
  routes.delete(`${path}/:id`, async (c) => {
    const manager = await requireManager(deps, c);
    await removeOperator(database, manager, c.req.param('id'));
    return c.body(null, 204);
  });
  return routes;
}

async function requireManager({ database, now }: UserDeps, c: Context<Environment>): Promise<Manager> {
  const header = c.req.header('authorization');
  const principal = await authorize(database, { header, allowed: ['owner', 'admin'] });
  const { kind, id, role, sites } = principal;
  const operatorId = kind === 'operator' ? id : null;
  return { operatorId, role, sites, actor: actorOf(principal), now: now() };
}

function describeInvitation(
  { operator, token: { token, expiresAt } }: { operator: Operator; token: PasswordToken },
  publicUrl: string | undefined,
) {
  return {
    user: describeUser(operator),
    passwordLink: { url: passwordLink(token, publicUrl), token, expiresAt },
  };
}
