import { createHash } from 'node:crypto';
import { type Decision, decide, type ExperimentConfig, experimentKey } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { type CountWindow, createCountWindow } from '../access/count-window.js';
import type { Availability } from '../db/availability.js';
import { classifyFailure } from '../db/failure.js';
import { detectBot } from '../ingest/enrich/bot.js';
import { matchesEtag } from '../match-etag.js';
import { parseInput, readInput } from '../read-input.js';
import { errorBody, Refusal } from '../refusal.js';
import type { Answer, Assigner } from './assigner.js';
import { corsHeaders } from './config-routes.js';
import type { Configs, SiteExperiments } from './configs.js';
import { type Caller, type CallerDeps, identifyCaller, type OfrepContext } from './ofrep-caller.js';

export type OfrepDeps = CallerDeps & {
  now: () => number;
  configs: Configs;
  assigner: Assigner;
  availability: Pick<Availability, 'isUp'>;
  log: (line: string) => void;
};

type Environment = { Bindings: HttpBindings };

const flags = '/ofrep/v1/evaluate/flags';
const contextSchema = z.looseObject({ targetingKey: z.unknown().optional() });
/** The body of an evaluation. */
export const bodySchema = z.looseObject({ context: contextSchema.default({}) });
const preflightSeconds = '86400';
const windowMs = 10_000;
const maxRequests = 300;

/**
 * The OpenFeature Remote Evaluation Protocol (https://openfeature.dev/specification/appendix-c): a flag is an experiment,
 * its value that of the variation, or else the variation's key. An evaluation is no exposure.
 */
export function ofrepRoutes(deps: OfrepDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  const limit = createCountWindow({ now: deps.now, windowMs, limit: maxRequests });

  routes.use(`${flags}/*`, async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(corsHeaders(c))) c.header(name, value);
  });
  routes.options(`${flags}/*`, (c) => preflight(c));
  routes.options(flags, (c) => preflight(c));

  routes.post(flags, (c) => answerOfrep(c, { ...deps, key: undefined }, () => evaluateAll(deps, c, limit)));
  // A slash in a key makes more segments of it, or one that holds it once decoded.
  routes.post(`${flags}/:key{.+}`, (c) => {
    const key = c.req.param('key');
    return answerOfrep(c, { ...deps, key }, () => evaluateOne(deps, c, { key, limit }));
  });
  return routes;
}

function preflight(c: OfrepContext): Response {
  return c.body(null, 204, {
    ...corsHeaders(c),
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, authorization, x-api-key, if-none-match',
    'access-control-max-age': preflightSeconds,
  });
}

/** An answer that a client of the protocol cannot use, in its words. */
class OfrepError extends Error {
  readonly status: 400 | 404;
  readonly errorCode: string;

  constructor(status: 400 | 404, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

async function answerOfrep(
  c: OfrepContext,
  { key, ...deps }: Pick<OfrepDeps, 'availability' | 'log'> & { key: string | undefined },
  evaluate: () => Promise<Response>,
): Promise<Response> {
  try {
    return await evaluate();
  } catch (error) {
    const body = (errorCode: string, errorDetails: string) => ({
      ...(key && { key }),
      errorCode,
      errorDetails,
    });
    if (error instanceof OfrepError) return c.json(body(error.errorCode, error.message), error.status);
    const refusal = error instanceof Refusal ? error : explain(error, deps);
    const { retryAfterSeconds } = refusal.detail;
    if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
    return c.json({ ...errorBody(refusal), ...body(codeOf(refusal), refusal.message) }, refusal.status);
  }
}

function explain(cause: unknown, { availability, log }: Pick<OfrepDeps, 'availability' | 'log'>): Refusal {
  if (availability.isUp() || classifyFailure(cause) !== 'retry')
    log(`error: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  return new Refusal(503, 'unavailable', 'flags cannot be evaluated now', { retryAfterSeconds: 5, cause });
}

function codeOf({ code, status }: Refusal): string {
  if (code === 'malformed') return 'PARSE_ERROR';
  return status === 400 || status === 413 ? 'INVALID_CONTEXT' : 'GENERAL';
}

async function evaluateOne(
  deps: OfrepDeps,
  c: OfrepContext,
  { key, limit }: { key: string; limit: CountWindow },
): Promise<Response> {
  const caller = await identifyCaller(deps, c, limit);
  const subject = await readSubject(c);
  const known = await deps.configs.of(caller.site);
  const experiment = experimentKey.safeParse(key).success ? known.all.get(key) : undefined;
  if (!experiment) throw new OfrepError(404, 'FLAG_NOT_FOUND', `there is no flag "${key.slice(0, 100)}"`);
  const [decision] = await decideFor(deps, { caller, subject, known, asked: [experiment] });
  if (!decision) throw new Error(`ofrep: expected a decision on ${key}`);
  return c.json(describe(decision, experiment));
}

async function evaluateAll(deps: OfrepDeps, c: OfrepContext, limit: CountWindow): Promise<Response> {
  const caller = await identifyCaller(deps, c, limit);
  const subject = await readSubject(c);
  const known = await deps.configs.of(caller.site);
  const asked = [...known.all.values()];
  const decisions = await decideFor(deps, { caller, subject, known, asked });
  const body = JSON.stringify({
    flags: decisions.flatMap((decision, at) => (asked[at] ? [describe(decision, asked[at])] : [])),
  });
  // Of another context it is another answer, also where the flags are the same.
  const hash = createHash('sha256')
    .update(JSON.stringify([caller, known.tag, subject]))
    .update(body);
  const etag = `"${hash.digest('hex').slice(0, 32)}"`;
  if (matchesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, { etag });
  return c.body(body, 200, { etag, 'content-type': 'application/json', 'cache-control': 'no-cache' });
}

type Subject = { targetingKey: string; attributes: Record<string, unknown> };

async function readSubject(c: OfrepContext): Promise<Subject> {
  const { context } = parseInput(bodySchema, await readInput(c.env.incoming), 'bad_context');
  const { targetingKey, ...attributes } = context;
  if (targetingKey === undefined || targetingKey === null || targetingKey === '')
    throw new OfrepError(400, 'TARGETING_KEY_MISSING', 'context.targetingKey: expected the id of a unit');
  if (typeof targetingKey !== 'string' || targetingKey.length > 128)
    throw new OfrepError(
      400,
      'INVALID_CONTEXT',
      'context.targetingKey: expected a text of 1 to 128 characters',
    );
  return { targetingKey, attributes };
}

type Evaluation = { caller: Caller; subject: Subject; known: SiteExperiments; asked: ExperimentConfig[] };

async function decideFor(
  { assigner }: OfrepDeps,
  { caller, subject, known, asked }: Evaluation,
): Promise<Answer[]> {
  const { all } = known;
  const { url, userAgent, ...attributes } = subject.attributes;
  const question = {
    site: caller.site,
    asked,
    all,
    attributes: { ...unitsOf(known, subject.targetingKey), ...attributes, url, userAgent },
    url: typeof url === 'string' ? url : undefined,
    isBot: typeof userAgent === 'string' && detectBot(userAgent) !== null,
  };
  if (caller.isServer) return assigner.assign(question);
  return asked.map((experiment) => decide(experiment, question, all));
}

/** The targeting key is the unit of every type that an experiment counts, unless the context names that one too. */
function unitsOf({ all }: SiteExperiments, targetingKey: string): Record<string, string> {
  const types = [...all.values()].flatMap(({ unitType, layers = [] }) => [
    unitType,
    ...layers.map((layer) => layer.unitType),
  ]);
  return Object.fromEntries(types.map((type) => [type, targetingKey]));
}

const reasons: Partial<Record<Decision['reason'], string>> = {
  ASSIGNED: 'SPLIT',
  STICKY: 'SPLIT',
  OVERRIDE: 'TARGETING_MATCH',
  NOT_RUNNING: 'DISABLED',
};

// Nested metadata is dropped by clients.
function describe(
  { variation, reason, phase, bucket, unit, isEnrolled }: Answer,
  { key, variations }: ExperimentConfig,
) {
  const value = variations.find((one) => one.key === variation)?.value ?? variation;
  return {
    key,
    value,
    variant: variation,
    reason: reasons[reason] ?? 'STATIC',
    metadata: {
      experimentKey: key,
      variationId: variation,
      phase,
      // The first answer and all later ones are the same, and so is their tag.
      decision: isEnrolled ? 'ASSIGNED' : reason,
      ...(bucket !== undefined && { bucket }),
      ...(unit && { unitType: unit.unitType, assignmentId: `${key}:${phase}:${unit.unitId}` }),
    },
  };
}
