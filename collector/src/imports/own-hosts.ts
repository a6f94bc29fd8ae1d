import { classifyReferrer } from '../ingest/enrich/referrer.js';
import type { JudgedLine } from './judge-line.js';

const minWitnesses = 3;
const assetReason = /^(?:asset|ending) \.(?:css|js|png|jpe?g|gif|svg|ico|woff2?|ttf|webp|avif)$/;

/**
 * Guesses the site's own host, which common and combined log format leave out: pictures, styles and scripts are asked
 * for by the pages that hold them, so that most of their referrers are the site itself.
 *
 * @returns the host without "www.", or nothing when no host has the majority
 */
export function guessOwnHost(lines: readonly JudgedLine[]): string | undefined {
  const counts = new Map<string, number>();
  let witnesses = 0;
  for (const host of lines.flatMap(hostOfAsset)) {
    counts.set(host, (counts.get(host) ?? 0) + 1);
    witnesses += 1;
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best && best[1] >= minWitnesses && best[1] * 2 > witnesses ? best[0] : undefined;
}

// Search engines and social networks show pictures of other sites.
function hostOfAsset(line: JudgedLine): string[] {
  if (line.kind !== 'left out' || !assetReason.test(line.reason)) return [];
  const { host, medium } = classifyReferrer(line.line.referrer, null);
  return host !== null && medium === 'referral' ? [host.replace(/^www\./, '')] : [];
}
