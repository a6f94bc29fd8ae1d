import { batchSchema } from '@footfall/schema';
import { z } from 'zod';
import { type DescribedReport, describeReports } from '../reports/describe-reports.js';
import { dimensions } from './catalog/dimensions.js';
import { metrics } from './catalog/metrics.js';
import { querySchema } from './query-schema.js';
import { overviewQuery } from './routes.js';

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    path: z.string().optional().describe('Where in the request'),
    expected: z.string().optional().describe('What is allowed there'),
    hint: z.string().optional(),
  }),
});

const money = z.object({ value: z.number(), currency: z.string(), short: z.string(), long: z.string() });
const metricValues = z.array(z.union([z.number(), money, z.null()]));
const dimensionValues = z.array(z.string().nullable());
const row = z
  .object({
    site_id: z.string().optional().describe('Where several sites were asked'),
    dimensions: dimensionValues,
    metrics: metricValues,
    comparison: z
      .object({ dimensions: dimensionValues, metrics: metricValues, change: z.array(z.number().nullable()) })
      .optional(),
  })
  .meta({ id: 'Row' });

const answerSchema = z.object({
  results: z.array(row),
  meta: z.looseObject({}).describe('How each number was made; of a list of sites by site, under sites'),
  query: z.looseObject({}).describe('The query with its defaults and the moments of its range'),
});

const overviewSchema = z.looseObject({});

type JsonSchema = Record<string, unknown>;

/** The JSON Schema (draft 2020-12) of the body of POST /api/v2/query. */
export function queryJsonSchema(): JsonSchema {
  return z.toJSONSchema(querySchema, { io: 'input' });
}

const refusals = {
  400: 'The request does not fit: error.path says where',
  401: 'No key, or an unknown one',
  403: 'The key may not read this site',
  422: 'The query takes longer or needs more than it may',
};

/** The OpenAPI 3.1 document of the collector, made from the schemas that requests are read with. */
export function openApi() {
  return {
    openapi: '3.1.0',
    info: { title: 'Footfall', version: '1', description: 'Collects and reads what happens on websites' },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'ff_<role>_…' } },
      schemas: componentSchemas(),
    },
    paths: {
      '/v1/events': { post: describeIngest() },
      '/api/v1/overview': { get: describeOverview() },
      '/api/v2/query': { post: describeQuery() },
      '/api/v2/query/schema': {
        get: { summary: 'JSON Schema of a query', responses: { 200: { description: 'JSON Schema' } } },
      },
      ...describeReportPaths(),
    },
    'x-metrics': describeEntries(metrics),
    'x-dimensions': describeEntries(dimensions),
  };
}

function describeEntries(table: Record<string, { definition: string; version: number }>) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { definition, version }]) => [name, { definition, version }]),
  );
}

const named = {
  Query: querySchema,
  QueryAnswer: answerSchema,
  Error: errorSchema,
  Overview: overviewSchema,
  Batch: batchSchema,
};

/** Requests and answers by name, and beside them the schemas that they refer to. */
function componentSchemas(): JsonSchema {
  const components: JsonSchema = {};
  for (const [name, schema] of Object.entries({ ...named, ...reportSchemas() })) {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    Object.assign(components, $defs, { [name]: own });
  }
  return JSON.parse(
    JSON.stringify(components).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as JsonSchema;
}

function json(name: string) {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function refused(statuses: (keyof typeof refusals)[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: refusals[status], content: json('Error') }]),
  );
}

function describeQuery() {
  const text = { schema: { type: 'string' } };
  return {
    summary: "Ask for any metrics by any dimensions: Plausible's Stats API v2, and more",
    security: [{ key: [] }],
    requestBody: { required: true, content: json('Query') },
    responses: {
      200: {
        description: 'Rows; streamed without a limit where NDJSON or CSV is accepted',
        content: { ...json('QueryAnswer'), 'application/x-ndjson': text, 'text/csv': text },
      },
      ...refused([400, 401, 403, 422]),
    },
  };
}

function reportSchemas(): Record<string, z.ZodType> {
  return Object.fromEntries(describeReports().map(({ schemaId, schema }) => [schemaId, schema]));
}

function describeReportPaths() {
  const describe = ({ schemaId, route, definitions }: DescribedReport) => ({
    summary: `The report ${route.split('/').at(-1)}; a GET takes the same as query parameters, lists as JSON`,
    security: [{ key: [] }],
    requestBody: { required: true, content: json(schemaId) },
    responses: { 200: { description: 'The report and its meta' }, ...refused([400, 401, 403, 422]) },
    'x-definitions': definitions,
  });
  return Object.fromEntries(describeReports().map((report) => [report.route, { post: describe(report) }]));
}

function describeOverview() {
  const parameters = Object.entries(overviewQuery.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: name === 'site',
    schema: z.toJSONSchema(schema, { io: 'input' }),
  }));
  return {
    summary: 'Totals beside the days before, a series, and the most frequent values of a range of days',
    security: [{ key: [] }],
    parameters,
    responses: {
      200: { description: 'Overview', content: json('Overview') },
      ...refused([400, 401, 403, 422]),
    },
  };
}

function describeIngest() {
  return {
    summary: 'Send events',
    parameters: [
      { name: 'site', in: 'query', required: true, schema: { type: 'string' }, description: 'The site key' },
    ],
    requestBody: { required: true, content: json('Batch') },
    responses: { 200: { description: 'Every valid event is stored' }, ...refused([400, 401, 403]) },
  };
}
