import { batchSchema, rejectionCodes } from '@footfall/schema';
import { z } from 'zod';
import type { Operation } from '../openapi/operation.js';

const answerSchema = z
  .object({
    accepted: z.int(),
    duplicate: z.int(),
    rejected: z.array(
      z.object({
        index: z.int(),
        id: z.string().nullable(),
        code: z.enum(rejectionCodes),
        message: z.string(),
      }),
    ),
    excluded: z.int().optional().describe('Not stored, as the rules of the site ask'),
    serverTime: z.number().describe('Milliseconds since 1970'),
  })
  .meta({ id: 'BatchAnswer' });

/** What pages and servers send. */
export const ingestOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/events',
    id: 'sendEvents',
    summary: 'Send events. Servers add a key of the role ingest',
    access: 'site key',
    query: z.object({ site: z.string().describe('The public key of the site') }),
    body: batchSchema.meta({ id: 'Batch' }),
    bodyTypes: ['application/json', 'text/plain'],
    answers: { 200: { description: 'Every valid event is durable', schema: answerSchema } },
    refusals: [405, 408, 415, 429, 503],
  },
];
