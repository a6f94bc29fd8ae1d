import type { JudgedLine } from './judge-line.js';

export type Count = { reason: string; lines: number; people: number };
export type UnreadableLine = { line: number; problem: string };

/** What the lines of a log turned out to be. */
export type Tally = {
  lines: number;
  unreadable: number;
  /** The first of them. */
  unreadableLines: UnreadableLine[];
  pageviews: number;
  peoplePageviews: number;
  leftOut: Map<string, Count>;
  bots: Map<string, number>;
  firstAt: number | undefined;
  lastAt: number | undefined;
};

const maxShownLines = 10;
const maxReasons = 10_000;

/** Counts of nothing yet. */
export function createTally(): Tally {
  return {
    lines: 0,
    unreadable: 0,
    unreadableLines: [],
    pageviews: 0,
    peoplePageviews: 0,
    leftOut: new Map(),
    bots: new Map(),
    firstAt: undefined,
    lastAt: undefined,
  };
}

/** Counts a line. */
export function countLine(tally: Tally, line: JudgedLine): void {
  tally.lines += 1;
  if (line.kind === 'unreadable') countUnreadable(tally, line);
  else countTime(tally, line.line.time);
  if (line.kind === 'pageview') countPageview(tally, line.botReason);
  if (line.kind === 'left out') countLeftOut(tally, line.reason, line.botReason);
}

function countUnreadable(tally: Tally, { number, problem }: { number: number; problem: string }): void {
  tally.unreadable += 1;
  if (tally.unreadableLines.length < maxShownLines) tally.unreadableLines.push({ line: number, problem });
}

function countTime(tally: Tally, time: number): void {
  tally.firstAt = Math.min(time, tally.firstAt ?? time);
  tally.lastAt = Math.max(time, tally.lastAt ?? time);
}

function countPageview(tally: Tally, botReason: string | null): void {
  tally.pageviews += 1;
  if (botReason === null) tally.peoplePageviews += 1;
  else countBot(tally.bots, botReason);
}

// A client chooses its own name: the number of names must not grow with the log.
function countBot(bots: Map<string, number>, reason: string): void {
  const name = bots.has(reason) || bots.size < maxReasons ? reason : 'others';
  bots.set(name, (bots.get(name) ?? 0) + 1);
}

function countLeftOut({ leftOut }: Tally, reason: string, botReason: string | null): void {
  const count = leftOut.get(reason) ?? { reason, lines: 0, people: 0 };
  count.lines += 1;
  if (botReason === null) count.people += 1;
  leftOut.set(reason, count);
}
