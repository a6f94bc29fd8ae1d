import { isPlainLoopback } from './origin.js';

const securedName = '__Host-footfall';
const plainName = 'footfall';
const attributes = 'Path=/; HttpOnly; SameSite=Lax';

/**
 * The token of the session in the cookies of a request. Without the prefix of its name anybody under the same domain
 * could have set a cookie: that one counts on this machine alone.
 */
export function readSessionCookie({
  cookie,
  host,
}: {
  cookie: string | undefined;
  host: string | undefined;
}): string | undefined {
  const cookies = readCookies(cookie);
  return cookies.get(securedName) ?? (isPlainLoopback(`http://${host}`) ? cookies.get(plainName) : undefined);
}

/** The cookies of a Cookie header by name. */
export function readCookies(header: string | undefined): Map<string, string> {
  const pairs = (header ?? '').split(';').map((pair): [string, string] => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name, value.join('=')];
  });
  return new Map(pairs);
}

/**
 * A Set-Cookie header. WebKit stores no Secure cookie at http://localhost (tried in WebKitGTK 2.4x; Chromium and Firefox
 * do), so that one has another name there.
 *
 * @param origin where the page is: of the request, or the public URL
 */
export function writeSessionCookie(token: string, origin: string | undefined): string {
  return origin !== undefined && isPlainLoopback(origin)
    ? `${plainName}=${token}; ${attributes}`
    : `${securedName}=${token}; ${attributes}; Secure`;
}

/** Set-Cookie headers that take away both. */
export function clearSessionCookies(): string[] {
  return [`${plainName}=; ${attributes}; Max-Age=0`, `${securedName}=; ${attributes}; Secure; Max-Age=0`];
}
