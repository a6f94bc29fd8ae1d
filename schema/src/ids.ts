/**
 * Builds a UUIDv7 (RFC 9562, section 5.7) from a time and sixteen random bytes.
 *
 * @param unixMs milliseconds since 1970, an integer from 0 to 2^48 - 1
 * @param random 16 bytes; the first 6 are overwritten by the time, 6 bits by version and variant
 */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  const bytes = random.slice(0, 16);
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(unixMs / 2 ** (40 - 8 * i)) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += (bytes[i] ?? 0).toString(16).padStart(2, '0');
  }
  return text;
}

const uuidv7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True for the text form of a UUID of version 7 and variant 10. */
export function isUuidv7(text: unknown): text is string {
  return typeof text === 'string' && uuidv7Pattern.test(text);
}

/** The milliseconds since 1970 inside a UUIDv7. The caller has checked the id with isUuidv7. */
export function timeOfUuidv7(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
