import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { nearestName } from '../query/nearest-name.js';
import { Refusal } from '../refusal.js';
import { operations } from './operations.js';

/** By path as the router has it, the parameters that a GET takes in its query. */
const parametersByPath = new Map(
  operations
    .filter(({ method }) => method === 'get')
    .map(({ path, query }) => [path, Object.keys(query?.shape ?? {})]),
);

/**
 * Refuses a GET with a parameter that its operation does not describe, or with one twice: a filter that is overlooked
 * would give a wrong number.
 *
 * @throws Refusal 400 that names the parameter
 */
export const refuseUnknownParameters: MiddlewareHandler = async function refuse(c, next) {
  const route = matchedRoutes(c).find(({ method }) => method === 'GET');
  const known = route && parametersByPath.get(route.path);
  if (known) requireKnown([...new URL(c.req.url).searchParams.keys()], known);
  return next();
};

function requireKnown(names: readonly string[], known: readonly string[]): void {
  for (const [at, name] of names.entries()) {
    if (!known.includes(name)) throw refuseParameter(name, known);
    if (names.indexOf(name) !== at)
      throw new Refusal(400, 'bad_query', `${name}: expected once, got it twice`, { path: name });
  }
}

const maxNameChars = 64;

function refuseParameter(name: string, known: readonly string[]): Refusal {
  const path = name.slice(0, maxNameChars) || 'query';
  const near = nearestName(name, known);
  return new Refusal(400, 'bad_query', `${path}: there is no such parameter`, {
    path,
    expected: known.join(', ') || 'no parameters',
    ...(near !== undefined && { hint: `did you mean ${near}?` }),
  });
}
