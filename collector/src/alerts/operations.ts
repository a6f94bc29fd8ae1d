import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { admins, analysts, type Operation } from '../openapi/operation.js';
import { alertSchema } from './alert-schema.js';
import { ruleSchema } from './rule.js';

const path = '/api/v1/alerts';
const moment = z.iso.datetime();
const siteOnly = z.object({ site: siteSlug });
const given = z.object({ site: siteSlug, ...alertSchema.shape }).meta({ id: 'AlertRequest' });

const alert = z
  .object({
    id: z.uuid(),
    site: siteSlug,
    name: z.string(),
    rule: ruleSchema,
    cooldownMinutes: z.int(),
    enabled: z.boolean(),
    webhook: z
      .object({
        url: z.string().describe('Analysts see its origin'),
        secret: z.string().optional().describe('Signs what is sent; told once, when it is made'),
      })
      .nullable(),
    emails: z.array(z.string()),
    createdAt: moment,
    checkedAt: moment.nullable(),
    firing: z.array(z.string()).describe('The site, or keys of experiments'),
  })
  .meta({ id: 'Alert' });

const incident = z
  .object({
    id: z.uuid(),
    subject: z.string(),
    state: z.enum(['firing', 'resolved']),
    startedAt: moment,
    resolvedAt: moment.nullable(),
    observed: z.number().nullable(),
    expected: z.number().nullable(),
    deviations: z.number().optional(),
    summary: z.string(),
    notifications: z.array(
      z.object({
        cause: z.string(),
        channel: z.enum(['webhook', 'email']),
        attempts: z.int(),
        deliveredAt: z.string().nullable(),
        nextAttemptAt: z.string().nullable(),
        status: z.int().nullable(),
        failure: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Incident' });

const sent = z.object({
  channel: z.enum(['webhook', 'email']),
  target: z.string(),
  status: z.int().nullable(),
  failure: z.string().nullable(),
});

/** What `/api/v1/alerts` offers. */
export const alertOperations: readonly Operation[] = [
  {
    method: 'get',
    path,
    id: 'listAlerts',
    summary: 'The alerts of a site, and which of them are firing',
    access: analysts,
    query: siteOnly,
    answers: { 200: { description: 'By name', schema: z.object({ alerts: z.array(alert) }) } },
  },
  {
    method: 'post',
    path,
    id: 'addAlert',
    summary: 'Add an alert',
    access: admins,
    body: given,
    answers: { 201: { description: 'The alert, with the secret of its webhook', schema: alert } },
    refusals: [404, 409, 422],
  },
  {
    method: 'get',
    path: `${path}/:id`,
    id: 'readAlert',
    summary: 'One alert',
    access: analysts,
    query: siteOnly,
    answers: { 200: { description: 'The alert', schema: alert } },
    refusals: [404],
  },
  {
    method: 'put',
    path: `${path}/:id`,
    id: 'replaceAlert',
    summary: 'Put another alert in the place of one',
    access: admins,
    body: given,
    answers: { 200: { description: 'The alert', schema: alert } },
    refusals: [404, 409, 422],
  },
  {
    method: 'delete',
    path: `${path}/:id`,
    id: 'deleteAlert',
    summary: 'Delete an alert with its incidents',
    access: admins,
    query: siteOnly,
    answers: { 204: { description: 'It is gone' } },
    refusals: [404],
  },
  {
    method: 'get',
    path: `${path}/:id/incidents`,
    id: 'listIncidents',
    summary: 'When an alert fired, and what came of telling it',
    access: analysts,
    query: siteOnly,
    answers: { 200: { description: 'The latest first', schema: z.object({ incidents: z.array(incident) }) } },
    refusals: [404],
  },
  {
    method: 'post',
    path: `${path}/:id/test`,
    id: 'testAlert',
    summary: 'Send a message that says it is a test to each receiver, now and once',
    access: admins,
    body: siteOnly,
    answers: {
      200: { description: 'What came of it', schema: z.object({ notifications: z.array(sent) }) },
    },
    refusals: [404],
  },
];
