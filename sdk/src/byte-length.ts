/** The length in UTF-8, in which the limits of the wire are counted. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
