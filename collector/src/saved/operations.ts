import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { admins, type Operation, readers } from '../openapi/operation.js';
import { filtersSchema } from '../query/filters/filter-schema.js';
import { funnelReportSchema } from '../reports/operations.js';
import { commonQuery } from '../reports/read-request.js';
import { savedKinds } from './kinds.js';
import { funnelRunSchema } from './routes.js';
import type { SavedKind } from './saved-kind.js';
import { shareSchema, unlockSchema } from './share-routes.js';

const siteOnly = z.object({ site: siteSlug });
const moment = z.iso.datetime();
const removed = { 204: { description: 'It is gone' } };

function describeKind({ path, table, noun, schema }: SavedKind): Operation[] {
  const name = noun.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
  // Filters are read by themselves, since their errors then say more.
  const shape = { ...schema.shape, ...('filters' in schema.shape && { filters: filtersSchema }) };
  const saved = z.object({ id: z.uuid(), created_at: moment, ...shape }).meta({ id: name });
  const body = z.object({ site: siteSlug, ...shape }).meta({ id: `${name}Request` });
  const one = `/api/v1/${path}/:id`;
  return [
    {
      method: 'get',
      path: `/api/v1/${path}`,
      id: `list${name}s`,
      summary: `The ${noun}s of a site`,
      access: readers,
      query: siteOnly,
      answers: { 200: { description: 'All of them', schema: z.object({ [table]: z.array(saved) }) } },
    },
    {
      method: 'post',
      path: `/api/v1/${path}`,
      id: `add${name}`,
      summary: `Add a ${noun}`,
      access: admins,
      body,
      answers: { 201: { description: 'What is saved', schema: saved } },
      refusals: [404, 409],
    },
    {
      method: 'put',
      path: one,
      id: `replace${name}`,
      summary: `Put another ${noun} in the place of one`,
      access: admins,
      body,
      answers: { 200: { description: 'What is saved', schema: saved } },
      refusals: [404, 409],
    },
    {
      method: 'delete',
      path: one,
      id: `delete${name}`,
      summary: `Delete a ${noun}`,
      access: admins,
      query: siteOnly,
      answers: removed,
      refusals: [404],
    },
  ];
}

const share = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: moment,
    expiresAt: moment.nullable(),
    revokedAt: moment.nullable(),
  })
  .meta({ id: 'Share' });

const shares: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/shares',
    id: 'listShares',
    summary: 'The share links of a site, without their tokens',
    access: admins,
    query: siteOnly,
    answers: { 200: { description: 'The newest last', schema: z.object({ shares: z.array(share) }) } },
  },
  {
    method: 'post',
    path: '/api/v1/shares',
    id: 'addShare',
    summary: 'Make a link that reads the reports of a site',
    access: admins,
    body: z.object({ site: siteSlug, ...shareSchema.shape }).meta({ id: 'ShareRequest' }),
    answers: {
      201: {
        description: 'The link; its token is told this once',
        schema: z.object({ ...share.shape, token: z.string() }),
      },
    },
    refusals: [404],
  },
  {
    method: 'post',
    path: '/api/v1/shares/unlock',
    id: 'unlockShare',
    summary: 'Get the token that reads, of a share link with a password',
    access: 'public',
    body: unlockSchema.meta({ id: 'UnlockRequest' }),
    answers: {
      200: { description: 'A token for the Authorization header', schema: z.object({ token: z.string() }) },
    },
    refusals: [401, 429, 503],
  },
  {
    method: 'delete',
    path: '/api/v1/shares/:id',
    id: 'revokeShare',
    summary: 'End a share link',
    access: admins,
    query: siteOnly,
    answers: removed,
    refusals: [404],
  },
];

const funnelRun: Operation = {
  method: 'get',
  path: '/api/v1/saved-funnels/:id/report',
  id: 'runSavedFunnel',
  summary: 'The report of a saved funnel',
  access: readers,
  query: z.object({ ...commonQuery.shape, ...funnelRunSchema.shape }),
  answers: {
    200: {
      description: 'The report funnels',
      schema: z.object({ id: z.uuid(), name: z.string(), ...funnelReportSchema.shape }),
    },
  },
  refusals: [404, 422],
};

/** What people save for a site, and share links. */
export const savedOperations: readonly Operation[] = [
  ...savedKinds.flatMap(describeKind),
  funnelRun,
  ...shares,
];
