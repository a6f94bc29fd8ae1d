// A version without a fourth part is no pre-release: it comes after all of them.
const afterPreReleases = '~';

/**
 * Orders two versions, as Semantic Versioning 2.0.0 does for those that keep to it: numbers as numbers and before texts, a
 * pre-release before its release, builds (`+…`) and a leading v left out.
 *
 * @returns below 0 where the left one is earlier, 0 where they are equal
 */
export function compareVersions(left: unknown, right: unknown): number {
  const lefts = partsOf(left);
  const rights = partsOf(right);
  const shared = Math.min(lefts.length, rights.length);
  for (let at = 0; at < shared; at++) {
    const order = compareParts(lefts[at] ?? '', rights[at] ?? '');
    if (order !== 0) return order;
  }
  return lefts.length - rights.length;
}

function partsOf(version: unknown): string[] {
  const parts = String(version ?? '0')
    .replace(/^v|\+.*$/g, '')
    .split(/[-.]/);
  return parts.length === 3 ? [...parts, afterPreReleases] : parts;
}

function compareParts(left: string, right: string): number {
  const areNumbers = [left, right].map((part) => /^\d+$/.test(part));
  if (areNumbers[0] && areNumbers[1]) return Number(left) - Number(right);
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
