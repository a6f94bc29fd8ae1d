/** Percent with two decimals; null where there is nothing to take a part of. */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((10_000 * part) / whole) / 100;
}
