import { z } from 'zod';
import { dimensions } from '../query/catalog/dimensions.js';
import { metrics } from '../query/catalog/metrics.js';
import type { Answer, Operation, RefusalStatus } from './operation.js';
import { operations } from './operations.js';

type Json = Record<string, unknown>;

const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      path: z.string().optional().describe('Where in the request'),
      expected: z.string().optional().describe('What is allowed there'),
      hint: z.string().optional(),
    }),
  })
  .meta({ id: 'Error' });

const refusalTexts: Record<RefusalStatus, string> = {
  400: 'The request does not fit: error.path says where',
  401: 'No key, or an unknown one',
  403: 'The key or the origin may not do this on the site',
  404: 'There is none of that name',
  405: 'Another method is expected',
  408: 'The body came too slowly',
  409: 'The state, or a name that is taken, does not allow it',
  413: 'The body is too large',
  415: 'The body is of another type than expected',
  422: 'The question takes longer or needs more than it may',
  429: 'Too many requests: Retry-After says when to come again',
  503: 'Not now: Retry-After says when to come again',
};

/** The OpenAPI 3.1 document of the collector, made from the schemas that requests are read with. */
export function openApi(): Json {
  const components: Json = {};
  const paths = describePaths(components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Footfall',
      version: '1',
      description: 'Collects and reads what happens on websites',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: { securitySchemes, schemas: components },
    paths,
    'x-metrics': describeEntries(metrics),
    'x-dimensions': describeEntries(dimensions),
  };
}

const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A secret key, ff_<role>_…; each route names the roles',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-footfall',
    description:
      'The session of a person; what changes something must come from the dashboard of the same origin',
  },
  share: { type: 'http', scheme: 'bearer', description: 'The token of a share link of the site, ff_share_…' },
  siteKey: { type: 'apiKey', in: 'query', name: 'site', description: 'The public key of the site' },
};

function describeEntries(table: Record<string, { definition: string; version: number }>) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { definition, version }]) => [name, { definition, version }]),
  );
}

function describePaths(components: Json): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation, components) };
  }
  return paths;
}

function describe(operation: Operation, components: Json): Json {
  const { id, summary, query, body, bodyTypes, definitions } = operation;
  const parameters = [...pathParameters(operation.path), ...queryParameters(query, components)];
  return {
    operationId: id,
    summary,
    security: securityOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: contentOf({ schema: body, ...(bodyTypes && { types: bodyTypes }) }, components),
      },
    }),
    responses: { ...answersOf(operation, components), ...refusalsOf(operation, components) },
    ...(definitions && { 'x-definitions': definitions }),
  };
}

// Of several each will do. OpenAPI 3.1 lets a scheme without scopes name roles. Sessions count under /api/ alone.
function securityOf({ access, path }: Operation): Json[] {
  if (access === 'public') return [];
  if (access === 'site key') return [{ siteKey: [] }];
  const people = path.startsWith('/api/')
    ? access.roles.filter((role) => /^(owner|admin|analyst)$/.test(role))
    : [];
  return [
    ...access.roles.map((role) => ({ key: [role] })),
    ...people.map((role) => ({ session: [role] })),
    ...(access.share ? [{ share: [] }] : []),
  ];
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined, components: Json): Json[] {
  if (!query) return [];
  const { required = [], properties = {} } = schemaOf(query, components) as {
    required?: string[];
    properties?: Record<string, Json>;
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(isJsonText(schema) ? { content: { 'application/json': { schema } } } : { schema }),
  }));
}

function isJsonText({ type, properties }: Json): boolean {
  return type === 'array' || type === 'object' || properties !== undefined;
}

function answersOf({ answers }: Operation, components: Json): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...((answer.schema || answer.types) && { content: contentOf(answer, components) }),
      },
    ]),
  );
}

function refusalsOf({ access, query, body, path, refusals = [] }: Operation, components: Json): Json {
  const takesInput = query !== undefined || body !== undefined || path.includes(':');
  const namesSite = typeof access === 'object' && query !== undefined && 'site' in query.shape;
  const statuses = new Set<RefusalStatus>([
    ...(takesInput ? [400 as const] : []),
    ...(access === 'public' ? [] : [401 as const, 403 as const]),
    ...(namesSite ? [404 as const] : []),
    ...(body ? [413 as const] : []),
    ...refusals,
  ]);
  const content = contentOf({ schema: errorSchema }, components);
  return Object.fromEntries(
    [...statuses].sort().map((status) => [status, { description: refusalTexts[status], content }]),
  );
}

const text = { type: 'string' };

function contentOf(
  { schema, types = ['application/json'] }: Partial<Pick<Answer, 'schema' | 'types'>>,
  components: Json,
): Json {
  const isJson = (type: string) => schema && type === 'application/json';
  return Object.fromEntries(
    types.map((type) => [type, { schema: isJson(type) && schema ? schemaOf(schema, components) : text }]),
  );
}

/** The JSON Schema of a schema. What has an id is put among the components and referred to. */
function schemaOf(schema: z.ZodType, components: Json): Json {
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { $schema: _, $defs = {}, ...own } = toComponents(made) as { $schema?: string; $defs?: Json };
  Object.assign(components, $defs);
  return own;
}

// The bounds of what JavaScript counts exactly say nothing of a field.
function toComponents(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value) =>
      (key === 'maximum' || key === 'minimum') && Math.abs(value) === Number.MAX_SAFE_INTEGER
        ? undefined
        : value,
    ).replaceAll('"#/$defs/', '"#/components/schemas/'),
  );
}
