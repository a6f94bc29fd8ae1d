import { isbot } from 'isbot';
import { detectBot } from '../ingest/enrich/bot.js';
import { endingOf } from './file-kinds.js';
import type { LogLine } from './parse-line.js';
import type { Request } from './split-request.js';

/**
 * The endings that the reference counts of semicomplete.com leave out, found from the counts: of all sets of endings in
 * that log, those with a human request follow from page views, human page views and days. The last line of them was
 * asked for by bots alone, so that other endings with 21 requests in sum would fit as well.
 */
const endings = new Set(
  `css js png jpg jpeg gif ico svg ttf woff swf
  xml txt pdf jar py sh
  exe gz deb gem`.split(/\s+/),
);

/**
 * The rule of an independent count, to compare with: GET, status 200 or 304, no ending of an asset. Feeds are known by
 * path alone, so that /?flav=rss20 is a page view.
 */
export function leaveOutByReference(line: LogLine, { method, target }: Request): string | undefined {
  if (method !== 'GET') return 'method';
  if (line.status !== 200 && line.status !== 304) return `status ${line.status}`;
  const ending = endingOf(target.replace(/\?.*$/s, ''));
  return endings.has(ending) ? `ending .${ending}` : undefined;
}

/** Human is whom isbot takes for human and who sends a user agent. */
export function judgeBotByReference({ userAgent }: LogLine): string | null {
  if (userAgent && !isbot(userAgent)) return null;
  return detectBot(userAgent ?? '') ?? 'isbot';
}
