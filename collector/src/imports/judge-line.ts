import { judgeBot, leaveOut } from './default-rule.js';
import { type LogLine, parseLine } from './parse-line.js';
import { maxLineBytes, type RawLine } from './read-lines.js';
import { judgeBotByReference, leaveOutByReference } from './reference-rule.js';
import { type Request, splitRequest } from './split-request.js';

const rules = {
  default: { leaveOut, judgeBot },
  reference: { leaveOut: leaveOutByReference, judgeBot: judgeBotByReference },
};

export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];

export type Pageview = { text: string; line: LogLine; request: Request; botReason: string | null };

/** What became of a line: it could not be read, it counts as no pageview, or it does. */
export type JudgedLine =
  | { kind: 'unreadable'; number: number; problem: string }
  | { kind: 'left out'; reason: string; line: LogLine; botReason: string | null }
  | ({ kind: 'pageview' } & Pageview);

const clockToleranceMs = 86_400_000;

/** Reads a line and decides by a rule what it is. */
export function judgeLine(
  { number, text }: RawLine,
  { rule, now }: { rule: RuleName; now: number },
): JudgedLine {
  if (text === undefined) {
    return { kind: 'unreadable', number, problem: `expected at most ${maxLineBytes} bytes` };
  }
  const line = parseLine(text);
  if ('problem' in line) return { kind: 'unreadable', number, problem: line.problem };
  // Each of its days would be a partition.
  if (line.time > now + clockToleranceMs)
    return { kind: 'unreadable', number, problem: 'expected a time that is past' };
  return judgeRequest(text, line, rules[rule]);
}

function judgeRequest(text: string, line: LogLine, rule: (typeof rules)[RuleName]): JudgedLine {
  const botReason = rule.judgeBot(line);
  const request = splitRequest(line.request);
  if (!request) return { kind: 'left out', reason: 'no request for a path', line, botReason };
  const reason = rule.leaveOut(line, request);
  if (reason !== undefined) return { kind: 'left out', reason, line, botReason };
  return { kind: 'pageview', text, line, request, botReason };
}
