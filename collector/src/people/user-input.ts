import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { type Operator, type OperatorRole, operatorRoles } from './operators.js';

const maxSites = 500;
const name = z
  .string({ error: 'expected a text' })
  .trim()
  .max(200, { error: 'expected at most 200 characters' });
const role = z.enum(operatorRoles, { error: `expected one of ${operatorRoles.join(', ')}` });
const sites = z
  .union([z.literal('all'), z.array(siteSlug).min(1).max(maxSites)], {
    error: `expected "all" or a list of 1 to ${maxSites} sites`,
  })
  .transform((given) => (given === 'all' ? null : [...new Set(given)].sort()));

/** An address as accounts are known by: in lower case. */
export const emailSchema = z
  .string({ error: 'expected an e-mail address' })
  .trim()
  .toLowerCase()
  .max(254, { error: 'expected at most 254 characters' })
  .pipe(z.email({ error: 'expected an e-mail address' }));

/** A person to add: `{ email, name?, role, sites? }`. */
export const newUserSchema = z
  .strictObject({ email: emailSchema, name: name.optional(), role, sites: sites.default(null) })
  .transform(({ name: given, ...user }) => ({ ...user, name: given || user.email }));

/** What changes of a person: `{ name?, role?, sites?, disabled? }`. */
export const userChangeSchema = z
  .strictObject({
    name: name.min(1, { error: 'expected a name' }).optional(),
    role: role.optional(),
    sites: sites.optional(),
    disabled: z.boolean({ error: 'expected true or false' }).optional(),
  })
  .transform(({ disabled, ...change }) => ({
    ...change,
    ...(disabled !== undefined && { isDisabled: disabled }),
  }));

/** Who a person is, in answers. */
export type DescribedOperator = {
  email: string;
  name: string;
  role: OperatorRole;
  sites: 'all' | string[];
};

export function describeOperator({
  email,
  name,
  role,
  sites,
}: Pick<Operator, 'email' | 'name' | 'role' | 'sites'>): DescribedOperator {
  return { email, name, role, sites: sites ?? 'all' };
}

/** A person in the list of those who may log in. */
export function describeUser(operator: Operator) {
  const { id, passwordHash, createdAt, lastLoginAt, disabledAt } = operator;
  const state = disabledAt ? 'disabled' : passwordHash === null ? 'invited' : 'active';
  return { id, ...describeOperator(operator), state, createdAt, lastLoginAt, disabledAt };
}
