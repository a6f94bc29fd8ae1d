import type { z } from 'zod';
import { Refusal } from '../refusal.js';
import { nearestName } from './nearest-name.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const maxListed = 60;
const maxQuotedChars = 80;

/** The refusal of a body that does not fit its schema: the first issue, with its path, what was expected, and a hint. */
export function refuseIssues(issues: readonly Issue[], input: unknown, prefix: Path = []): Refusal {
  const issue = deepest(issues);
  if (!issue) return new Refusal(400, 'bad_query', 'body: does not fit', { path: 'body' });
  const at = [...prefix, ...issue.path];
  const found = valueAt(input, issue.path);
  return refuseValue({ path: at, found, issue });
}

function refuseValue({ path, found, issue }: { path: Path; found: unknown; issue: Issue }): Refusal {
  if (issue.code === 'unrecognized_keys') return refuseKeys(path, issue);
  const allowed = allowedOf(issue);
  if (allowed.length === 0) {
    const text = `expected ${describeExpectation(issue)}, got ${quote(found)}`;
    return new Refusal(400, 'bad_query', `${formatPath(path)}: ${text}`, { path: formatPath(path) });
  }
  return refuseName({ path: formatPath(path), found, allowed });
}

/** The refusal of a name that is not one of those allowed. */
export function refuseName({
  path,
  found,
  allowed,
  code = 'bad_query',
}: {
  path: string;
  found: unknown;
  allowed: readonly string[];
  code?: string;
}): Refusal {
  const near = typeof found === 'string' ? nearestName(found, allowed) : undefined;
  const problem =
    found === undefined
      ? 'expected one of the allowed values, got nothing'
      : `${quote(found)} is none of the allowed values`;
  return new Refusal(400, code, `${path}: ${problem}`, {
    path,
    expected: allowed.slice(0, maxListed).join(', '),
    ...(near !== undefined && { hint: `did you mean ${near}?` }),
  });
}

function refuseKeys(path: Path, issue: Issue & { code: 'unrecognized_keys' }): Refusal {
  const key = issue.keys[0] ?? '';
  const at = formatPath([...path, key]);
  return new Refusal(400, 'bad_query', `${at}: there is no such option`, { path: at });
}

/** What an issue says of the value, without its place: `expected at most 200 characters`. */
export function describeIssue(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  const allowed = allowedOf(issue);
  if (allowed.length > 0) return `expected one of ${allowed.slice(0, maxListed).join(', ')}`;
  const expectation = describeExpectation(issue);
  return expectation === issue.message ? issue.message : `expected ${expectation}`;
}

// Of a union that fits nowhere, the branch that got furthest says most.
function deepest(issues: readonly Issue[]): Issue | undefined {
  const first = issues[0];
  if (first?.code !== 'invalid_union') return first;
  const inner = first.errors
    .map((branch) => deepest(branch))
    .filter((issue) => issue !== undefined)
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!inner || inner.path.length === 0) return first;
  return { ...inner, path: [...first.path, ...inner.path] };
}

function allowedOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.flatMap((branch) => branch.filter(({ path }) => path.length === 0).flatMap(allowedOf));
}

function describeExpectation(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message.slice('expected '.length);
  const [, kinds] = /^Invalid discriminator value\. Expected (.+)$/.exec(issue.message) ?? [];
  if (kinds !== undefined) return kinds;
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? `a value of type ${issue.expected}`;
  if (issue.code === 'too_big') return `at most ${count(issue.maximum, issue.origin)}`;
  if (issue.code === 'too_small') return `at least ${count(issue.minimum, issue.origin)}`;
  return issue.message;
}

const typeNames: Partial<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  nonoptional: 'a value',
};

const units: Partial<Record<string, string>> = { array: 'item', string: 'character' };

function count(limit: number | bigint, origin: string): string {
  const unit = units[origin];
  return unit === undefined ? String(limit) : `${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`;
}

/** How a value stands in a message: short, and never the whole of a long one. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = stringify(value);
  return text.length > maxQuotedChars ? `${text.slice(0, maxQuotedChars)}…` : text;
}

// Lists in lists can be read at a depth at which they cannot be written.
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/** filters[0][2][1] */
export function formatPath(path: Path): string {
  const text = path.reduce<string>(
    (before, step) => (typeof step === 'number' ? `${before}[${step}]` : `${before}.${String(step)}`),
    '',
  );
  return text.replace(/^\./, '') || 'body';
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
