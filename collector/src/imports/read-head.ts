import { type JudgedLine, judgeLine, type RuleName } from './judge-line.js';
import type { LogSource } from './open-log.js';
import { readLines } from './read-lines.js';

/** The lines of a log, and the first of them, which are among the lines too. */
export type JudgedLog = { head: readonly JudgedLine[]; lines: AsyncIterable<JudgedLine> };

const headLines = 1_000;

/** Judges the lines of a log, and reads the first thousand ahead: what it is shows before anything is written. */
export async function readHead(
  source: LogSource,
  options: { rule: RuleName; now: number },
): Promise<JudgedLog> {
  const lines = judgeLines(source, options);
  const head: JudgedLine[] = [];
  while (head.length < headLines) {
    const next = await lines.next();
    if (next.done) break;
    head.push(next.value);
  }
  return { head: [...head], lines: rejoin(head, lines) };
}

async function* judgeLines(
  source: LogSource,
  options: { rule: RuleName; now: number },
): AsyncGenerator<JudgedLine> {
  for await (const line of readLines(source)) yield judgeLine(line, options);
}

async function* rejoin(head: JudgedLine[], rest: AsyncGenerator<JudgedLine>): AsyncGenerator<JudgedLine> {
  yield* head.splice(0);
  yield* rest;
}
