import { z } from 'zod';
import { type Operation, readers } from '../openapi/operation.js';
import { realtimeQuery } from './routes.js';

const listed = z.array(z.object({ value: z.string().nullable(), visitors: z.int() }));

const nowSchema = z
  .object({
    at: z.iso.datetime(),
    current_visitors: z.int(),
    visitors: z.int(),
    pageviews: z.int(),
    minutes: z.array(z.object({ minute: z.iso.datetime(), pageviews: z.int(), visitors: z.int() })),
    pages: listed,
    sources: listed,
    countries: listed,
    meta: z.object({ definitions: z.record(z.string(), z.string()), bots: z.string() }),
  })
  .meta({ id: 'Now' });

/** Who is on the site now. */
export const realtimeOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/realtime',
    id: 'readRealtime',
    summary:
      'Who is on the site now: one answer for Accept: application/json, else server-sent events `now` and `hit`; a hit has an id, from which Last-Event-ID resumes',
    access: readers,
    query: realtimeQuery,
    answers: {
      200: {
        description: 'The last 30 minutes',
        schema: nowSchema,
        types: ['application/json', 'text/event-stream'],
      },
    },
    refusals: [404, 503],
  },
];
