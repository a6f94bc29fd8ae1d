/**
 * What may never be in a log: secrets by their form, and what the tests send. The clients of the tests have addresses of
 * documentation (RFC 5737, 3849) or 2a00::/15, and pages and people at hosts of .example.
 */
const forbidden = {
  'a key': /\bff_(?:owner|admin|analyst|assign|ingest|share)_[\da-f]{20,}/,
  'the secret of a webhook': /\bwhsec_[\da-f]{16,}/,
  'a password in a URL': /\b[a-z]+:\/\/(?!user:password@)[^\s:/@"]*:(?!\*{3}@)[^\s:/@"]+@/,
  'a password': /mail-password|\bhunter22\b/,
  'the cookie of a session': /__Host-[\w-]+=[^\s;]{8,}/,
  'the address of a client':
    /\b(?:203\.0\.113|198\.51\.100|192\.0\.2)\.\d|\b2001:db8:[\da-f:]*|\b2a0[01]:[\da-f]+:[\da-f:]+/i,
  'an e-mail address': /[\w.+-]+@[\w.-]+\.example\b/,
  'a page of a client': /\bshop\.example\/page-\d/,
  'a title of a page': /Adas secret title/,
  'a visitor': /\bvisitor-\d+\b/,
  'a user agent': /\bMozilla\/5\.0|\bClient\/\d+\.\d/,
};

/** The first start shows the key that it made, once, on the standard output: that is no log. */
const shownOnce = /^admin key {2}ff_owner_[\da-f]+ {3}\(shown once: keep it\)$/gm;

/** Lines of a text that hold what may not be there, each with its kind. */
export function findLeaks(text) {
  const lines = text.replaceAll(shownOnce, '').split('\n');
  return Object.entries(forbidden).flatMap(([kind, pattern]) =>
    lines.filter((line) => pattern.test(line)).map((line) => ({ kind, line })),
  );
}

/** The kinds that findLeaks knows. */
export const leakKinds = Object.keys(forbidden);
