import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { admins, analysts, type Operation } from '../openapi/operation.js';
import { reportSchema } from './routes.js';

const path = '/api/v1/mail-reports';
const siteOnly = z.object({ site: siteSlug });
const given = z.object({ site: siteSlug, ...reportSchema.shape }).meta({ id: 'MailReportRequest' });

const report = z
  .object({
    id: z.uuid(),
    site: siteSlug,
    ...reportSchema.shape,
    enabled: z.boolean(),
    createdAt: z.iso.datetime(),
    lastFrom: z.string().nullable().describe('First day of the latest period that was sent'),
  })
  .meta({ id: 'MailReport' });

/** What `/api/v1/mail-reports` offers. */
export const mailReportOperations: readonly Operation[] = [
  {
    method: 'get',
    path,
    id: 'listMailReports',
    summary: 'The reports of a site that are sent by e-mail',
    access: analysts,
    query: siteOnly,
    answers: { 200: { description: 'The oldest first', schema: z.object({ mailReports: z.array(report) }) } },
  },
  {
    method: 'post',
    path,
    id: 'addMailReport',
    summary: 'Send a report every week or month',
    access: admins,
    body: given,
    answers: { 201: { description: 'The report', schema: report } },
    refusals: [404, 422],
  },
  {
    method: 'put',
    path: `${path}/:id`,
    id: 'replaceMailReport',
    summary: 'Change frequency, recipients, or whether it is sent',
    access: admins,
    body: given,
    answers: { 200: { description: 'The report', schema: report } },
    refusals: [404, 422],
  },
  {
    method: 'delete',
    path: `${path}/:id`,
    id: 'deleteMailReport',
    summary: 'Send it no more',
    access: admins,
    query: siteOnly,
    answers: { 204: { description: 'It is gone' } },
    refusals: [404],
  },
];
