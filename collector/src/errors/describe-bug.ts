import { type Decisions, firstSeen, lastSeen, stateOf } from './bug-state.js';
import type { Bug, Stack } from './load-stacks.js';
import { parseStack } from './parse-stack.js';

const maxListed = 20;

/** A bug as it is listed: what it is, its state, where it was seen, and its last stack. */
export function describeBug(bug: Bug, decisions: Decisions) {
  const { type, message, stack, source, line, column, release } = sampleOf(bug);
  const [culprit = { func: null, file: source, line, column }] = parseStack(stack ?? '');
  return {
    id: bug.id,
    type,
    message,
    culprit,
    ...stateOf(bug, decisions),
    first_seen: firstSeen(bug),
    last_seen: lastSeen(bug),
    release,
    releases: distinct(bug.stacks.map((one) => one.release)),
    browsers: distinct(bug.stacks.map((one) => one.browser)),
    stacks: bug.stacks.length,
    sample_stack: stack,
  };
}

/** The newest report with a stack, or else the newest. */
export function sampleOf({ stacks }: Bug): Stack {
  const newest = [...stacks].sort((a, b) => b.last_seen.getTime() - a.last_seen.getTime());
  const sample = newest.find(({ stack }) => stack) ?? newest[0];
  if (!sample) throw new Error('describe-bug: a bug without a stack');
  return sample;
}

function distinct(values: (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort().slice(0, maxListed);
}
