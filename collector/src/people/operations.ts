import { z } from 'zod';
import { admins, type Operation, readers } from '../openapi/operation.js';
import { operatorRoles } from './operators.js';
import { loginSchema, passwordSchema } from './sign-in-routes.js';
import { newUserSchema, userChangeSchema } from './user-input.js';

const moment = z.iso.datetime();
const sites = z.union([z.literal('all'), z.array(z.string())]);
const operatorShape = { email: z.email(), name: z.string(), role: z.enum(operatorRoles), sites };
const operator = z.object(operatorShape).meta({ id: 'Operator' });
const user = z
  .object({
    id: z.string(),
    ...operatorShape,
    state: z.enum(['invited', 'active', 'disabled']),
    createdAt: moment,
    lastLoginAt: moment.nullable(),
    disabledAt: moment.nullable(),
  })
  .meta({ id: 'User' });
const invitation = z.object({
  user,
  passwordLink: z.object({ url: z.string(), token: z.string(), expiresAt: moment }),
});
const signedIn = {
  200: { description: 'Who it is; the session is in a cookie', schema: z.object({ operator }) },
};

const me: Operation = {
  method: 'get',
  path: '/api/v1/me',
  id: 'readMe',
  summary: 'Who asks, and the sites that may be read',
  access: readers,
  answers: {
    200: {
      description: 'One of operator and key, or neither for a share link',
      schema: z.object({
        operator: operator.nullable(),
        key: z.object({ id: z.string(), name: z.string() }).nullable(),
        role: z.string().nullable(),
        sites: z.array(
          z.object({
            site: z.string(),
            name: z.string(),
            timezone: z.string(),
            currency: z.string(),
            weekStart: z.int(),
          }),
        ),
      }),
    },
  },
};

const signIn: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/login/methods',
    id: 'readLoginMethods',
    summary: 'How people can sign in here',
    access: 'public',
    answers: {
      200: {
        description: 'firstOwner: nobody can yet',
        schema: z.object({
          password: z.boolean(),
          oidc: z.object({ name: z.string() }).nullable(),
          firstOwner: z.boolean(),
        }),
      },
    },
  },
  {
    method: 'post',
    path: '/api/v1/login',
    id: 'login',
    summary: 'Sign in with a password',
    access: 'public',
    body: loginSchema,
    answers: signedIn,
    refusals: [401, 403, 429],
  },
  {
    method: 'post',
    path: '/api/v1/logout',
    id: 'logout',
    summary: 'End the session of the cookie',
    access: 'public',
    answers: { 204: { description: 'It has ended' } },
    refusals: [403],
  },
  {
    method: 'post',
    path: '/api/v1/password',
    id: 'setPassword',
    summary: 'Set a password, by a link or by the one before',
    access: 'public',
    body: passwordSchema,
    answers: signedIn,
    refusals: [401, 403, 429],
  },
];

const one = '/api/v1/users/:id';
const users: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/users',
    id: 'listUsers',
    summary: 'The people whom the caller manages',
    access: admins,
    answers: { 200: { description: 'People', schema: z.object({ users: z.array(user) }) } },
  },
  {
    method: 'post',
    path: '/api/v1/users',
    id: 'addUser',
    summary: 'Add a person',
    access: admins,
    body: newUserSchema,
    answers: { 201: { description: 'The person, with the link to set a password', schema: invitation } },
    refusals: [404, 409],
  },
  {
    method: 'patch',
    path: one,
    id: 'changeUser',
    summary: 'Change the name, role or sites of a person, or disable the account',
    access: admins,
    body: userChangeSchema,
    answers: { 200: { description: 'The person', schema: z.object({ user }) } },
    refusals: [404, 409],
  },
  {
    method: 'post',
    path: `${one}/reset`,
    id: 'resetUser',
    summary: 'Take the password away and make another link',
    access: admins,
    answers: { 200: { description: 'The person and the link', schema: invitation } },
    refusals: [404, 409],
  },
  {
    method: 'delete',
    path: one,
    id: 'removeUser',
    summary: 'Remove a person',
    access: admins,
    answers: { 204: { description: 'The account is gone' } },
    refusals: [404, 409],
  },
];

/** Who asks, signing in, and the people who may. */
export const peopleOperations: readonly Operation[] = [me, ...signIn, ...users];
