import { momentText, siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { roles } from '../access/keys.js';
import type { KeyRequest } from '../access/manage-keys.js';
import { parseInput } from '../read-input.js';
import { Refusal } from '../refusal.js';

/** What `POST /api/v1/keys` takes, and `footfall key create` makes of its options. */
export const newKeySchema = z.strictObject({
  role: z.enum(roles, { error: `expected one of ${roles.join(', ')}` }),
  name: z
    .string({ error: 'expected a name' })
    .trim()
    .min(1, { error: 'expected a name' })
    .max(200, { error: 'expected at most 200 characters' }),
  sites: z
    .array(siteSlug, { error: 'expected a list of sites, or null for all of them' })
    .min(1, { error: 'expected a site, or null for all of them' })
    .max(200, { error: 'expected at most 200 sites' })
    .nullable(),
  expiresAt: momentText('expected a time like 2027-01-31T12:00:00Z, or null').nullable().default(null),
});

/**
 * Reads what somebody wants of a new key.
 *
 * @throws Refusal 400 that names the field
 */
export function readKeyRequest(input: unknown, now: number): KeyRequest {
  const { sites, ...rest } = parseInput(newKeySchema, input, 'bad_key');
  requireFuture(rest.expiresAt, now);
  return { ...rest, sites: sites && [...new Set(sites)] };
}

function requireFuture(expiresAt: string | null, now: number): void {
  if (expiresAt === null || Date.parse(expiresAt) > now) return;
  throw new Refusal(400, 'bad_key', `expiresAt: expected a time to come, got ${expiresAt}`, {
    path: 'expiresAt',
  });
}
