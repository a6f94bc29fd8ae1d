import { z } from 'zod';
import type { Operation } from './openapi/operation.js';

const readiness = z.object({ ready: z.boolean(), reasons: z.array(z.string()) });

/** What watches the collector. */
export const healthOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'readHealth',
    summary: 'Whether the process answers',
    access: 'public',
    answers: { 200: { description: 'It does', schema: z.object({ ok: z.literal(true) }) } },
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readReadiness',
    summary: 'Whether events can be stored in full, and why not',
    access: 'public',
    answers: {
      200: { description: 'Ready', schema: readiness },
      503: { description: 'Not ready, with the reasons', schema: readiness },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'readMetrics',
    summary: 'Counters for Prometheus',
    access: 'public',
    answers: { 200: { description: 'Text exposition format 0.0.4', types: ['text/plain'] } },
  },
];
