const escapes = /((?:\\x[\da-f]{2})+)|\\u([\da-f]{4})|\\(.)/gis;
const letters: Record<string, string> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' };

/**
 * Undoes what servers do to a quoted field: \xHH for a byte (Apache's ap_escape_logitem, nginx's escape=default), \" and
 * \\ (Apache), \uHHHH (nginx's escape=json). A run of \xHH is UTF-8; what PostgreSQL cannot hold becomes U+FFFD.
 */
export function unescapeField(text: string): string {
  const plain = text.includes('\\') ? text.replace(escapes, decode).toWellFormed() : text;
  return plain.includes('\0') ? plain.replaceAll('\0', '\ufffd') : plain;
}

function decode(escaped: string, hex?: string, codeUnit?: string, letter = ''): string {
  if (hex !== undefined) return Buffer.from(hex.replace(/\\x/gi, ''), 'hex').toString();
  if (codeUnit !== undefined) return String.fromCharCode(Number.parseInt(codeUnit, 16));
  return letters[letter] ?? escaped;
}
