import { admins, analysts, type Operation } from '../openapi/operation.js';
import { commonQuery } from '../reports/read-request.js';
import { bugDetailSchema, bugSchema } from './bug-schema.js';
import { decisionSchema } from './routes.js';

/** One bug. The list of them is a report. */
export const errorOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/errors/:id',
    id: 'readError',
    summary: 'One bug with its stacks as they were written',
    access: analysts,
    query: commonQuery,
    answers: { 200: { description: 'The bug', schema: bugDetailSchema } },
    refusals: [404, 422],
  },
  {
    method: 'patch',
    path: '/api/v1/errors/:id',
    id: 'changeError',
    summary: 'Mark a bug as resolved, ignored or open',
    access: admins,
    body: decisionSchema,
    answers: { 200: { description: 'The bug', schema: bugSchema } },
    refusals: [404],
  },
];
