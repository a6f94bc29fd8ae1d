import type { Context } from 'hono';
import { Refusal } from '../refusal.js';

type Settings = {
  publicUrl: string | undefined;
  /** A request that says nothing of where it comes from is refused too. Without a cookie it is no browser's. */
  mustTell: boolean;
};

/**
 * Checks that a request which changes something was sent by a page of our own: its Sec-Fetch-Site and its Origin, of which
 * all browsers send one at least, and a body of JSON, which no form can send.
 *
 * @throws Refusal 403 for another origin, 415 for another body
 */
export function requireSameOrigin(c: Context, { publicUrl, mustTell }: Settings): void {
  requireJson(c);
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const isTold = site !== undefined || origin !== undefined;
  const isSame =
    (site ?? 'same-origin') === 'same-origin' && isOwnOrigin(origin, c.req.header('host'), publicUrl);
  if (isSame && (isTold || !mustTell)) return;
  throw new Refusal(
    403,
    'origin',
    `origin: expected a request of the dashboard itself, got ${describe({ site, origin })}`,
    {
      path: 'origin',
      hint: 'behind a proxy, FOOTFALL_PUBLIC_URL says where the dashboard is; programs send a key in Authorization',
    },
  );
}

// The Host is what the browser was asked for: a page of another name cannot send our cookie with its own.
function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string | undefined,
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host || (publicUrl !== undefined && origin === new URL(publicUrl).origin);
}

function describe({ site, origin }: { site: string | undefined; origin: string | undefined }): string {
  if (origin !== undefined) return `"${origin.slice(0, 200)}"`;
  return site === undefined ? 'neither Origin nor Sec-Fetch-Site' : `Sec-Fetch-Site: ${site.slice(0, 20)}`;
}

function requireJson(c: Context): void {
  const hasBody =
    Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined;
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json' || (!hasBody && type === undefined)) return;
  throw new Refusal(
    415,
    'content_type',
    `content-type: expected application/json, got "${(type ?? '').slice(0, 100)}"`,
    {
      path: 'content-type',
      expected: 'application/json',
    },
  );
}
