import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

type Json = Record<string, unknown>;
export type Parameter = { name: string; in: string; required: boolean };
export type DescribedOperation = {
  operationId: string;
  parameters?: Parameter[];
  security: Json[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
};
export type OpenApiDocument = Json & {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, Json> };
};

export type Call = {
  key?: string | undefined;
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
};

export type DescribedClient = {
  document: OpenApiDocument;
  /** Asks as an operation is described, and checks that the answer is one of the described ones. */
  call<Body = Json>(operationId: string, call?: Call): Promise<{ status: number; body: Body }>;
};

/** A client that knows a collector by its OpenAPI document alone. Fields that the document does not name are errors. */
export async function createDescribedClient(origin: string): Promise<DescribedClient> {
  const document = (await (await fetch(`${origin}/openapi.json`)).json()) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(seal(document) as OpenApiDocument, 'openapi.json');

  function check(place: string[], value: unknown): void {
    const pointer = place
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent);
    const validate = ajv.compile({ $ref: `openapi.json#/${pointer.join('/')}` });
    const isValid = validate(value);
    const problems = (validate.errors ?? []).slice(0, 5);
    expect({ place, isValid, problems }).toEqual({ place, isValid: true, problems: [] });
  }

  async function call(operationId: string, asked: Call = {}) {
    const { path, method, operation } = find(document, operationId);
    const { response, body } = await send(origin, { path, method }, asked);
    const described = operation.responses[response.status];
    expect({ operationId, status: response.status, body, described: described !== undefined }).toMatchObject({
      described: true,
    });
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (described?.content) expect(described.content).toHaveProperty([type]);
    if (type === 'application/json')
      check(['paths', path, method, 'responses', String(response.status), 'content', type, 'schema'], body);
    return { status: response.status, body };
  }

  return { document, call: call as DescribedClient['call'] };
}

function find({ paths }: OpenApiDocument, operationId: string) {
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === operationId) return { path, method, operation };
  throw new Error(`there is no operation ${operationId}`);
}

async function send(
  origin: string,
  { path, method }: { path: string; method: string },
  { key, path: names = {}, query = {}, body, headers = {} }: Call,
) {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ''));
  const search = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const response = await fetch(`${origin}${place}?${new URLSearchParams(search)}`, {
    method: method.toUpperCase(),
    headers: {
      accept: 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { response, body: isJson ? JSON.parse(text) : text };
}

// The document leaves answers open, so that fields can be added; here one that it does not name is a gap in it.
function seal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(seal);
  if (typeof value !== 'object' || value === null) return value;
  const sealed = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, seal(item)]));
  const isShape = typeof sealed.properties === 'object' && sealed.type === 'object';
  return isShape && !('additionalProperties' in sealed) ? { ...sealed, additionalProperties: false } : sealed;
}
