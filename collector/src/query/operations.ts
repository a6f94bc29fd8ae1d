import { z } from 'zod';
import { type Operation, readers } from '../openapi/operation.js';
import { answerSchema } from './answer-schema.js';
import { overviewSchema } from './overview-schema.js';
import { querySchema } from './query-schema.js';
import { overviewQuery } from './routes.js';

/** Queries and the overview. */
export const queryOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v2/query',
    id: 'query',
    summary: "Ask for any metrics by any dimensions: Plausible's Stats API v2, and more",
    access: readers,
    body: querySchema.meta({ id: 'Query' }),
    answers: {
      200: {
        description: 'Rows; streamed without a limit where NDJSON or CSV is accepted',
        schema: answerSchema,
        types: ['application/json', 'application/x-ndjson', 'text/csv'],
      },
    },
    refusals: [404, 422, 429],
  },
  {
    method: 'get',
    path: '/api/v2/query/schema',
    id: 'readQuerySchema',
    summary: 'The JSON Schema of a query',
    access: 'public',
    answers: {
      200: { description: 'JSON Schema, draft 2020-12', schema: z.looseObject({ $schema: z.url() }) },
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'readOpenApi',
    summary: 'This document',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.literal('3.1.0') }) } },
  },
  {
    method: 'get',
    path: '/api/v1/overview',
    id: 'readOverview',
    summary: 'Totals beside the days before, a series, and the most frequent values of a range of days',
    access: readers,
    query: overviewQuery,
    answers: { 200: { description: 'Overview', schema: overviewSchema } },
    refusals: [404, 422],
  },
];
