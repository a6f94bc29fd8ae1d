import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { admins, type Operation, readers } from '../openapi/operation.js';
import { operatorRoles } from './operators.js';
import { loginSchema, passwordSchema } from './sign-in-routes.js';
import { newUserSchema, userChangeSchema } from './user-input.js';

const moment = z.iso.datetime();
const operatorShape = {
  email: z.string(),
  name: z.string(),
  role: z.enum(operatorRoles),
  sites: z.union([z.literal('all'), z.array(siteSlug)]),
};
const operator = z.object(operatorShape).meta({ id: 'Operator' });
const user = z
  .object({
    id: z.uuid(),
    ...operatorShape,
    state: z.enum(['invited', 'active', 'disabled']),
    createdAt: moment,
    lastLoginAt: moment.nullable(),
    disabledAt: moment.nullable(),
  })
  .meta({ id: 'User' });
const invitation = z
  .object({
    user,
    passwordLink: z.object({
      url: z.string().describe('Of the dashboard, where the password is set'),
      token: z.string().describe('Shown here alone'),
      expiresAt: moment,
    }),
  })
  .meta({ id: 'Invitation' });

const me = z
  .object({
    operator: operator.nullable(),
    key: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    role: z.string(),
    allSites: z.boolean().describe('Whether every site is reached, those to come too'),
    client: z
      .object({ address: z.string(), network: z.string(), isPublic: z.boolean() })
      .nullable()
      .describe(
        'Of a person who is signed in: the address that this request came from, as events would; network is its /64 for IPv6',
      ),
    sites: z.array(
      z.object({
        site: siteSlug,
        name: z.string(),
        timezone: z.string(),
        currency: z.string(),
        weekStart: z.int(),
      }),
    ),
  })
  .meta({ id: 'Me' });

const signedIn = {
  200: { description: 'A session has begun: its cookie comes with it', schema: z.object({ operator }) },
};

const sessions: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/login/methods',
    id: 'listLoginMethods',
    summary: 'How people can sign in',
    access: 'public',
    answers: {
      200: {
        description: 'The ways; firstOwner: there is nobody yet',
        schema: z.object({
          password: z.literal(true),
          oidc: z.object({ name: z.string() }).nullable(),
          firstOwner: z.boolean(),
        }),
      },
    },
  },
  {
    method: 'post',
    path: '/api/v1/login',
    id: 'signIn',
    summary: 'Begin a session of the dashboard, from a page of its own origin',
    access: 'public',
    body: loginSchema,
    answers: signedIn,
    refusals: [401, 403, 415, 429, 503],
  },
  {
    method: 'post',
    path: '/api/v1/logout',
    id: 'signOut',
    summary: 'End the session',
    access: 'public',
    answers: { 204: { description: 'There is none any more' } },
    refusals: [403, 415],
  },
  {
    method: 'post',
    path: '/api/v1/password',
    id: 'setPassword',
    summary: 'Set a password, by the token of a link or by the present one',
    access: 'public',
    body: passwordSchema,
    answers: signedIn,
    refusals: [401, 403, 415, 429, 503],
  },
  {
    method: 'get',
    path: '/api/v1/me',
    id: 'readMe',
    summary: 'Who asks, and the sites that they read',
    access: readers,
    answers: { 200: { description: 'The credential and what it reaches', schema: me } },
  },
];

const invited = { description: 'The person, and the link to set a password', schema: invitation };

const users: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/users',
    id: 'listUsers',
    summary: 'The people whom the caller manages, and the caller',
    access: admins,
    answers: { 200: { description: 'By address', schema: z.object({ users: z.array(user) }) } },
  },
  {
    method: 'post',
    path: '/api/v1/users',
    id: 'addUser',
    summary: 'Add a person, within the own role and sites',
    access: admins,
    body: newUserSchema,
    answers: { 201: invited },
    refusals: [404, 409],
  },
  {
    method: 'patch',
    path: '/api/v1/users/:id',
    id: 'changeUser',
    summary: 'Change name, role, sites, or whether a person may sign in',
    access: admins,
    body: userChangeSchema,
    answers: { 200: { description: 'The person', schema: z.object({ user }) } },
    refusals: [404, 409],
  },
  {
    method: 'post',
    path: '/api/v1/users/:id/reset',
    id: 'resetUser',
    summary: 'Take the password away, end the sessions, and make a link for another',
    access: admins,
    answers: { 200: invited },
    refusals: [404],
  },
  {
    method: 'delete',
    path: '/api/v1/users/:id',
    id: 'removeUser',
    summary: 'Delete a person',
    access: admins,
    answers: { 204: { description: 'The account is gone' } },
    refusals: [404, 409],
  },
];

/** People and their sessions. */
export const peopleOperations: readonly Operation[] = [...sessions, ...users];
