import { isPlainLoopback } from './origin.js';

/** The headers of a request that decide about its cookies. */
export type CookieHeaders = { cookie: string | undefined; host: string | undefined };

/** A cookie of this collector's pages alone, which no script can read. */
export type HostCookie = {
  read(headers: CookieHeaders): string | undefined;
  /**
   * A Set-Cookie header.
   *
   * @param origin where the page is: of the request, or the public URL
   * @param maxAgeSeconds absent: until the browser is closed
   */
  write(value: string, origin: string | undefined, maxAgeSeconds?: number): string;
  /** Set-Cookie headers that take it away. */
  clear(): string[];
};

const attributes = 'Path=/; HttpOnly; SameSite=Lax';

/**
 * `__Host-` before its name has browsers refuse it where a neighbour under the same domain could have set it. WebKit keeps no
 * Secure cookie at http://localhost (tried in WebKitGTK; Chromium and Firefox do), so that it goes without the prefix
 * there, which counts on this machine alone.
 */
export function createHostCookie(name: string): HostCookie {
  const secured = `__Host-${name}`;
  return {
    read({ cookie, host }) {
      const cookies = readCookies(cookie);
      return cookies.get(secured) ?? (isPlainLoopback(`http://${host}`) ? cookies.get(name) : undefined);
    },
    write(value, origin, maxAgeSeconds) {
      const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
      return origin !== undefined && isPlainLoopback(origin)
        ? `${name}=${value}; ${attributes}${age}`
        : `${secured}=${value}; ${attributes}; Secure${age}`;
    },
    clear: () => [`${name}=; ${attributes}; Max-Age=0`, `${secured}=; ${attributes}; Secure; Max-Age=0`],
  };
}

function readCookies(header: string | undefined): Map<string, string> {
  const pairs = (header ?? '').split(';').map((pair): [string, string] => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name, value.join('=')];
  });
  return new Map(pairs);
}
