import type { z } from 'zod';
import type { Role } from '../access/keys.js';

/** Who may ask: holders of a key of one of the roles, who has the public key of a site, or anyone. */
export type Access =
  | {
      roles: readonly Role[];
      /** A share link of the site will do too. */
      share?: boolean;
    }
  | 'site key'
  | 'public';

/** An answer of a status. Its types are JSON unless said otherwise; without a schema it has no body, or a text. */
export type Answer = { description: string; schema?: z.ZodType; types?: readonly string[] };

/** What a refusal can be, besides those that follow from access and body: 400, 401, 403, 413. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 503;

/**
 * A route as the OpenAPI document tells it, beside the route itself. Schemas with an id (`.meta({ id })`) become
 * components of that name.
 */
export type Operation = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As the router has it: /api/v1/errors/:id */
  path: string;
  /** Names the operation in clients that are generated. */
  id: string;
  summary: string;
  access: Access;
  /** Parameters in the query. Lists and objects are JSON. */
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of the body; JSON unless said otherwise. */
  bodyTypes?: readonly string[];
  answers: Partial<Record<200 | 201 | 204 | 304 | 503, Answer>>;
  refusals?: readonly RefusalStatus[];
  /** What the fields of the answer mean, by name. */
  definitions?: Record<string, string>;
};

/** Keys that read the site, and its share links. */
export const readers: Access = { roles: ['owner', 'admin', 'analyst'], share: true };
/** Keys that read the site: the answer tells of single people, or of how the site is run. */
export const analysts: Access = { roles: ['owner', 'admin', 'analyst'] };
/** Keys that change the site. */
export const admins: Access = { roles: ['owner', 'admin'] };
