import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { roles } from '../access/keys.js';
import { siteChangesSchema } from '../access/site-settings.js';
import { admins, analysts, type Operation } from '../openapi/operation.js';
import { auditQuery } from './audit-routes.js';
import { botReasonQuery, botReasonSchema } from './bot-routes.js';
import { newKeySchema } from './key-request.js';
import { letterCountQuery, letterQuery, replaySchema } from './letter-routes.js';
import { newSiteSchema, overlapSchema } from './site-routes.js';

const moment = z.iso.datetime({ offset: true });
const next = z.string().nullable().describe('The cursor of the next page; null at the end');
const lines = ['application/x-ndjson'];

const site = z
  .object({
    site: siteSlug,
    name: z.string(),
    siteKeys: z
      .array(z.object({ siteKey: z.string(), createdAt: moment, expiresAt: moment.nullable() }))
      .describe('Those in force: a rotated one until it ends'),
    allowedOrigins: z.array(z.string()),
    timezone: z.string(),
    currency: z.string(),
    weekStart: z.int(),
    excludedAddresses: z.array(z.string()),
    excludedHosts: z.array(z.string()),
    excludedPaths: z.array(z.string()),
    retention: z.object({ events: z.int().nullable(), sessions: z.int().nullable() }),
    createdAt: moment,
  })
  .meta({ id: 'Site' });

const sites: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/sites',
    id: 'listSites',
    summary: 'The sites that the caller administers',
    access: admins,
    answers: { 200: { description: 'By slug', schema: z.object({ sites: z.array(site) }) } },
  },
  {
    method: 'post',
    path: '/api/v1/sites',
    id: 'createSite',
    summary: 'Create a site with a public key; for who reaches all sites',
    access: admins,
    body: newSiteSchema.meta({ id: 'NewSite' }),
    answers: { 201: { description: 'The site', schema: site } },
    refusals: [409],
  },
  {
    method: 'get',
    path: '/api/v1/sites/:site',
    id: 'readSite',
    summary: 'The settings and keys of a site',
    access: admins,
    answers: { 200: { description: 'The site', schema: site } },
    refusals: [404],
  },
  {
    method: 'patch',
    path: '/api/v1/sites/:site',
    id: 'changeSite',
    summary: 'Change what is given; lists are replaced as a whole',
    access: admins,
    body: siteChangesSchema.meta({ id: 'SiteChanges' }),
    answers: { 200: { description: 'The site', schema: site } },
    refusals: [404],
  },
  {
    method: 'post',
    path: '/api/v1/sites/:site/rotate-key',
    id: 'rotateSiteKey',
    summary: 'Make a new public key; the old one stays in force for the overlap',
    access: admins,
    body: overlapSchema.meta({ id: 'Overlap' }),
    answers: {
      201: {
        description: 'The new key, and until when the old one is in force',
        schema: z.object({
          site: siteSlug,
          siteKey: z.string(),
          previous: z.array(z.object({ siteKey: z.string(), expiresAt: moment })),
        }),
      },
    },
    refusals: [404],
  },
];

const key = z.object({
  keyId: z.uuid(),
  role: z.enum(roles),
  name: z.string(),
  sites: z.array(siteSlug).nullable().describe('null is all of them'),
  expiresAt: moment.nullable(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  revokedAt: moment.nullable(),
});
const madeKey = key.extend({ key: z.string().describe('The secret: it is in this answer alone') });

const keys: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/keys',
    id: 'listKeys',
    summary: 'The keys within the own role and sites, without their secrets',
    access: admins,
    answers: {
      200: { description: 'The newest last', schema: z.object({ keys: z.array(key.meta({ id: 'Key' })) }) },
    },
  },
  {
    method: 'post',
    path: '/api/v1/keys',
    id: 'createKey',
    summary: 'Make a key: of no role above the own one, and for the own sites only',
    access: admins,
    body: newKeySchema.meta({ id: 'NewKey' }),
    answers: { 201: { description: 'The key with its secret', schema: madeKey } },
    refusals: [404],
  },
  {
    method: 'delete',
    path: '/api/v1/keys/:id',
    id: 'revokeKey',
    summary: 'End a key at once, but for the last one that owns everything',
    access: admins,
    answers: { 204: { description: 'It has ended' } },
    refusals: [404, 409],
  },
  {
    method: 'post',
    path: '/api/v1/keys/:id/rotate',
    id: 'rotateKey',
    summary: 'Make a key in the place of another, which stays in force for the overlap',
    access: admins,
    body: overlapSchema.meta({ id: 'Overlap' }),
    answers: {
      201: {
        description: 'The new key with its secret',
        schema: madeKey.extend({
          previous: z.object({ keyId: z.uuid(), expiresAt: moment.nullable() }),
        }),
      },
    },
    refusals: [404, 409],
  },
];

const auditEntry = z
  .object({
    id: z.uuid(),
    at: moment,
    site: z.string().describe('Empty where it concerns no single site'),
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    detail: z.unknown(),
  })
  .meta({ id: 'AuditEntry' });

const letterShape = {
  id: z.uuid(),
  at: moment,
  reason: z.string(),
  message: z.string(),
  sqlstate: z.string().nullable(),
  eventId: z.string().nullable(),
  type: z.string().nullable(),
  name: z.string().nullable(),
};
const letterCount = z.object({
  day: z.iso.date(),
  reason: z.string(),
  letters: z.int().describe('Kept: they can be replayed'),
  dropped: z.int().describe('Beyond the 5,000 that are kept of a day'),
});

const botReason = z
  .object({
    reason: z.string(),
    events: z.int(),
    isHuman: z.boolean().describe('Counted as people all the same'),
  })
  .meta({ id: 'BotReason' });

const logs: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/audit',
    id: 'readAudit',
    summary: 'Who changed or read what, the newest first; NDJSON and CSV are whole',
    access: admins,
    query: auditQuery,
    answers: {
      200: {
        description: 'A page of lines, or all of them',
        schema: z.object({ entries: z.array(auditEntry), next }),
        types: ['application/json', ...lines, 'text/csv'],
      },
    },
  },
  {
    method: 'get',
    path: '/api/v1/bot-reasons',
    id: 'listBotReasons',
    summary:
      'For which reasons clients of a site were taken for bots, of all that is stored, the most frequent first',
    access: analysts,
    query: botReasonQuery,
    answers: {
      200: { description: 'Reasons', schema: z.object({ reasons: z.array(botReason) }) },
    },
  },
  {
    method: 'put',
    path: '/api/v1/bot-reasons',
    id: 'judgeBotReason',
    summary:
      'Say that clients which are taken for bots for a reason are people, past and future, or take it back',
    access: admins,
    body: botReasonSchema,
    answers: {
      200: {
        description: 'What holds now, and how many events changed',
        schema: botReasonSchema.extend({ changed: z.int() }),
      },
    },
    refusals: [404],
  },
  {
    method: 'get',
    path: '/api/v1/dead-letter',
    id: 'listDeadLetters',
    summary: 'What was refused and why, the newest first',
    access: analysts,
    query: letterQuery,
    answers: {
      200: {
        description: 'A page of letters',
        schema: z.object({ letters: z.array(z.object(letterShape).meta({ id: 'DeadLetter' })), next }),
      },
    },
  },
  {
    method: 'get',
    path: '/api/v1/dead-letter/counts',
    id: 'countDeadLetters',
    summary: 'How many events were refused, or dropped in browsers, by UTC day and reason',
    access: analysts,
    query: letterCountQuery,
    answers: {
      200: {
        description: 'Counts',
        schema: z.object({
          counts: z.array(letterCount),
          clientDrops: z
            .array(z.object({ day: z.iso.date(), reason: z.string(), events: z.int() }))
            .describe(
              'What browsers say they dropped before they could send it; a reason is not asked for here',
            ),
        }),
      },
    },
  },
  {
    method: 'get',
    path: '/api/v1/dead-letter/:id',
    id: 'readDeadLetter',
    summary: 'A letter with its event, scrubbed; reading it is written in the audit log',
    access: analysts,
    query: z.object({ site: siteSlug }),
    answers: {
      200: {
        description: 'The letter',
        schema: z.object({
          ...letterShape,
          event: z.unknown(),
          excerpt: z.string().nullable(),
          batch: z.unknown(),
          client: z.unknown(),
        }),
      },
    },
    refusals: [404],
  },
  {
    method: 'post',
    path: '/api/v1/dead-letter/replay',
    id: 'replayDeadLetters',
    summary: 'Send refused events through the pipeline again; lines of progress, then the outcome',
    access: admins,
    body: replaySchema.meta({ id: 'Replay' }),
    answers: { 200: { description: 'Lines: {progress}… {replay}', types: lines } },
  },
];

/** Sites, keys, the audit log and the dead letter. */
export const administrationOperations: readonly Operation[] = [...sites, ...keys, ...logs];
