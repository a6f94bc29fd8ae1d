import {
  draftChangeSchema,
  experimentResultsSchema,
  layerSchema,
  newExperimentSchema,
  newPhaseSchema,
  rampSchema,
  siteSlug,
  stopSchema,
} from '@footfall/schema';
import { z } from 'zod';
import { type Access, admins, analysts, type Operation } from '../openapi/operation.js';
import {
  assignAnswerSchema,
  assignmentsSchema,
  configSchema,
  exposureAnswerSchema,
  flagSchema,
  layerAnswerSchema,
  storedExperimentSchema,
} from './answer-schemas.js';
import { assignmentsQuery, assignSchema } from './assign-routes.js';
import { exposuresSchema } from './exposure-routes.js';
import { previewSchema } from './manage-routes.js';
import { bodySchema as contextSchema } from './ofrep-routes.js';
import { resultsQuerySchema } from './results/routes.js';

const base = '/api/v1/experiments';
const flags = '/ofrep/v1/evaluate/flags';
const siteOnly = z.object({ site: siteSlug });
const assigners: Access = { roles: ['owner', 'admin', 'assign'] };

const assignment: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/experiments',
    id: 'readConfigs',
    summary: 'What runs on a site, for assignment in the browser',
    access: 'site key',
    query: z.object({
      site: z.string().describe('The public key of the site'),
      preview: z.string().optional().describe('The token of a preview link'),
    }),
    answers: {
      200: { description: 'Experiments, as the SDK needs them', schema: configSchema },
      304: { description: 'As If-None-Match has it' },
    },
  },
  {
    method: 'post',
    path: '/v1/assign',
    id: 'assign',
    summary: 'Assign a unit in one or many experiments, for good',
    access: assigners,
    body: assignSchema,
    answers: { 200: { description: 'A variation of each experiment, and why', schema: assignAnswerSchema } },
    refusals: [404, 503],
  },
  {
    method: 'get',
    path: '/v1/assignments',
    id: 'readAssignments',
    summary: 'What is assigned to a unit, without enrolling it',
    access: { roles: ['owner', 'admin', 'assign', 'analyst'] },
    query: assignmentsQuery,
    answers: { 200: { description: 'Assignments of every phase', schema: assignmentsSchema } },
  },
  {
    method: 'post',
    path: '/v1/exposures',
    id: 'recordExposures',
    summary: 'Tell that units have seen their variations; sent again it changes nothing',
    access: { roles: ['owner', 'admin', 'assign', 'ingest'] },
    body: exposuresSchema,
    answers: { 200: { description: 'How many were new', schema: exposureAnswerSchema } },
  },
];

// OFREP: https://openfeature.dev/specification/appendix-c
const ofrep: readonly Operation[] = [
  {
    method: 'post',
    path: flags,
    id: 'evaluateFlags',
    summary: 'OFREP: every experiment as a flag. Browsers send the site key as the bearer',
    access: assigners,
    body: contextSchema,
    answers: {
      200: { description: 'Flags', schema: z.object({ flags: z.array(flagSchema) }) },
      304: { description: 'As If-None-Match has it' },
    },
    refusals: [429, 503],
  },
  {
    method: 'post',
    path: `${flags}/:key{.+}`,
    id: 'evaluateFlag',
    summary: 'OFREP: one experiment as a flag',
    access: assigners,
    body: contextSchema,
    answers: { 200: { description: 'The flag', schema: flagSchema } },
    refusals: [404, 429, 503],
  },
];

const changed = { 200: { description: 'The experiment as it is now', schema: storedExperimentSchema } };

type Change = Pick<Operation, 'id' | 'summary' | 'body'>;

/** A change of one experiment, whose site is in the query. */
function change(step: string, { id, summary, body }: Change): Operation {
  return {
    method: 'post',
    path: `${base}/:key/${step}`,
    id,
    summary,
    access: admins,
    query: siteOnly,
    ...(body && { body }),
    answers: changed,
    refusals: [404, 409],
  };
}

const management: readonly Operation[] = [
  {
    method: 'get',
    path: base,
    id: 'listExperiments',
    summary: 'The experiments of a site',
    access: analysts,
    query: siteOnly,
    answers: {
      200: {
        description: 'In the order in which they were made',
        schema: z.object({ experiments: z.array(storedExperimentSchema) }),
      },
    },
  },
  {
    method: 'post',
    path: base,
    id: 'createExperiment',
    summary: 'Make a draft of an experiment',
    access: admins,
    body: newExperimentSchema,
    answers: { 201: { description: 'The draft', schema: storedExperimentSchema } },
    refusals: [404, 409],
  },
  {
    method: 'get',
    path: `${base}/:key`,
    id: 'readExperiment',
    summary: 'One experiment with its phases',
    access: analysts,
    query: siteOnly,
    answers: changed,
    refusals: [404],
  },
  {
    method: 'patch',
    path: `${base}/:key`,
    id: 'changeExperiment',
    summary: 'Change a draft, or what only describes an experiment',
    access: admins,
    query: siteOnly,
    body: draftChangeSchema,
    answers: changed,
    refusals: [404, 409],
  },
  change('start', { id: 'startExperiment', summary: 'Start it' }),
  change('ramp', { id: 'rampExperiment', summary: 'Let more units in', body: rampSchema }),
  change('phases', {
    id: 'beginPhase',
    summary: 'Begin a new phase, with other variations or weights',
    body: newPhaseSchema,
  }),
  change('stop', { id: 'stopExperiment', summary: 'Stop it, with or without a winner', body: stopSchema }),
  change('archive', { id: 'archiveExperiment', summary: 'Put it away' }),
  {
    method: 'post',
    path: `${base}/:key/preview`,
    id: 'previewExperiment',
    summary: 'A link that shows a variation and exposes nobody',
    access: admins,
    query: siteOnly,
    body: previewSchema,
    answers: {
      200: { description: 'The link', schema: z.object({ url: z.url(), expiresAt: z.number() }) },
    },
    refusals: [404],
  },
  {
    method: 'get',
    path: `${base}/:experiment/results`,
    id: 'readResults',
    summary: 'What the events say of a phase now',
    access: analysts,
    query: resultsQuerySchema,
    answers: {
      200: { description: 'The results', schema: experimentResultsSchema.meta({ id: 'ExperimentResults' }) },
    },
    refusals: [404, 422],
  },
  {
    method: 'get',
    path: '/api/v1/experiment-layers',
    id: 'listLayers',
    summary: 'Layers, whose experiments exclude each other, and the holdout',
    access: analysts,
    query: siteOnly,
    answers: { 200: { description: 'Layers', schema: z.object({ layers: z.array(layerAnswerSchema) }) } },
  },
  {
    method: 'put',
    path: '/api/v1/experiment-layers',
    id: 'setLayer',
    summary: 'Make a layer, or set the share of the holdout',
    access: admins,
    body: layerSchema,
    answers: { 200: { description: 'The layer', schema: layerAnswerSchema } },
    refusals: [404, 409],
  },
];

/** Experiments: assignment, OFREP, management and results. */
export const experimentOperations: readonly Operation[] = [...assignment, ...ofrep, ...management];
