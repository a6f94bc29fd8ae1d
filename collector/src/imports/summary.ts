import type { Database } from '../db/database.js';
import type { Imported } from './import-log.js';
import type { RuleName } from './judge-line.js';
import type { ImportSite } from './prepare-site.js';
import type { Count, UnreadableLine } from './tally.js';

/** The result of an import, as `--json` prints it. */
export type Summary = {
  file: string;
  site: string;
  siteCreated: boolean;
  /** Null keeps everything. */
  retentionDays: number | null;
  rule: RuleName;
  lines: number;
  unreadable: number;
  unreadableLines: UnreadableLine[];
  pageviews: { total: number; people: number; bots: number; imported: number; alreadyThere: number };
  leftOut: Count[];
  bots: { reason: string; pageviews: number }[];
  ownHosts: string[];
  /** In the site altogether, not in this file alone. */
  people: { visitors: number; sessions: number };
  firstAt: string | null;
  lastAt: string | null;
  seconds: number;
  linesPerSecond: number;
};

const maxBots = 10;

/** Puts the counts of an import in order, the largest first. */
export function summarize(
  imported: Imported,
  about: { file: string; site: ImportSite; rule: RuleName; people: Summary['people']; elapsedMs: number },
): Summary {
  const { lines, pageviews, peoplePageviews } = imported;
  const { site, isNew, retentionDays } = about.site;
  return {
    file: about.file,
    site,
    siteCreated: isNew,
    retentionDays,
    rule: about.rule,
    lines,
    unreadable: imported.unreadable,
    unreadableLines: imported.unreadableLines,
    pageviews: {
      total: pageviews,
      people: peoplePageviews,
      bots: pageviews - peoplePageviews,
      imported: imported.imported,
      alreadyThere: imported.alreadyThere,
    },
    leftOut: [...imported.leftOut.values()].sort((a, b) => b.lines - a.lines),
    bots: topBots(imported.bots),
    ownHosts: imported.ownHosts,
    people: about.people,
    firstAt: isoOrNull(imported.firstAt),
    lastAt: isoOrNull(imported.lastAt),
    seconds: about.elapsedMs / 1_000,
    linesPerSecond: Math.round((lines * 1_000) / Math.max(about.elapsedMs, 1)),
  };
}

function topBots(bots: Map<string, number>): Summary['bots'] {
  const counts = [...bots].map(([reason, pageviews]) => ({ reason, pageviews }));
  return counts.sort((a, b) => b.pageviews - a.pageviews).slice(0, maxBots);
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** How many people a site has had, and in how many sessions. */
export async function countPeople(database: Database, site: string): Promise<Summary['people']> {
  const [people] = await database.asIngest((tx) =>
    tx.query<Summary['people']>(
      `/* summary.countPeople */
       select count(distinct visitor_id) as visitors, count(*) as sessions
       from footfall.sessions where site = $1::text and not is_bot and entry_rank < 2`,
      [site],
    ),
  );
  if (!people) throw new Error('summary.countPeople: an aggregate without a row');
  return people;
}
