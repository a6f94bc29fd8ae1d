import { z } from 'zod';
import { admins, analysts, type Operation } from '../openapi/operation.js';
import { retentionSchema } from './routes.js';

const days = z.int().nullable();
const answerSchema = z
  .object({
    site: z.string(),
    events: days,
    sessions: days,
    presets: z.record(z.string(), z.object({ events: days, sessions: days })),
  })
  .meta({ id: 'Retention', description: 'Days that are kept; null keeps everything' });

const answers = { 200: { description: 'What the site keeps', schema: answerSchema } };

/** How long events and sessions are kept. */
export const retentionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/sites/:site/retention',
    id: 'readRetentionOfSite',
    summary: 'How many days a site keeps events and sessions',
    access: analysts,
    answers,
    refusals: [404],
  },
  {
    method: 'put',
    path: '/api/v1/retention',
    id: 'setRetention',
    summary: 'Set how many days a site keeps events and sessions',
    access: admins,
    body: retentionSchema,
    answers,
    refusals: [404],
  },
];
