import { z } from 'zod';
import { admins, type Operation } from '../openapi/operation.js';
import { uploadQuery } from './routes.js';

/** Source maps of a release. */
export const sourceMapOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/source-maps',
    id: 'uploadSourceMap',
    summary: 'Store the source map of a file of a release; 16 MiB as sent (gzip), 64 MiB inflated',
    access: admins,
    query: uploadQuery,
    body: z.looseObject({
      version: z.literal(3),
      sources: z.array(z.string().nullable()),
      mappings: z.string(),
    }),
    answers: {
      201: {
        description: 'It is stored',
        schema: z.object({ site: z.string(), release: z.string(), file: z.string(), bytes: z.int() }),
      },
    },
    refusals: [404, 408, 415, 429],
  },
];
