import type { Summary } from './summary.js';

const dayMs = 86_400_000;

/** The lines of a summary for people. */
export function describeSummary(summary: Summary): string[] {
  const { pageviews, people, seconds, linesPerSecond } = summary;
  return [
    `${summary.file} -> site ${summary.site}, rule ${summary.rule}`,
    row('lines', summary.lines, `from ${summary.firstAt ?? '-'} to ${summary.lastAt ?? '-'}`),
    row('unreadable', summary.unreadable),
    row(
      'page views',
      pageviews.total,
      `${count(pageviews.imported)} imported, ${count(pageviews.alreadyThere)} there already`,
    ),
    row('  by people', pageviews.people),
    row('  by bots', pageviews.bots),
    ...summary.bots.map(({ reason, pageviews }) => row(`    ${reason}`, pageviews)),
    ...describeLeftOut(summary.leftOut),
    `links from ${summary.ownHosts.join(', ') || 'no known host'} count as the site's own`,
    `site ${summary.site} now: ${count(people.visitors)} people in ${count(people.sessions)} sessions`,
    `${seconds.toFixed(1)} s, ${count(linesPerSecond)} lines/s`,
  ];
}

function describeLeftOut(leftOut: Summary['leftOut']): string[] {
  const lines = leftOut.reduce((sum, reason) => sum + reason.lines, 0);
  const reasons = leftOut.map(({ reason, lines, people }) =>
    row(`  ${reason}`, lines, `${count(people)} by people`),
  );
  return [row('left out', lines), ...reasons];
}

/** The first unreadable lines of a log, with their reasons, and how many more there are. */
export function describeUnreadable({
  file,
  unreadable,
  unreadableLines,
}: Pick<Summary, 'file' | 'unreadable' | 'unreadableLines'>): string[] {
  const more = unreadable - unreadableLines.length;
  return [
    ...unreadableLines.map(({ line, problem }) => `${file}:${line}: ${problem}`),
    ...(more > 0 ? [`… and ${count(more)} more unreadable lines`] : []),
  ];
}

/** What an importer should know before others find out. */
export function describeWarnings({ site, retentionDays, firstAt }: Summary, now: number): string[] {
  if (retentionDays === null || firstAt === null || Date.parse(firstAt) > now - retentionDays * dayMs)
    return [];
  return [
    `site ${site} keeps ${retentionDays} days: what is older will be deleted again; import into a site of its own`,
  ];
}

function row(label: string, number: number, note = ''): string {
  return `${printable(label).padEnd(36)} ${count(number).padStart(11)}   ${note}`.trimEnd();
}

// The name of a bot is the client's own text: it must not move a terminal's cursor.
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}

function count(number: number): string {
  return number.toLocaleString('en');
}
