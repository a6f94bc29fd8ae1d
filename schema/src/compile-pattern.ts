import { type Pattern, type Step, wordRanges } from './pattern.js';

type Ranges = readonly number[];
/** Where the reading of a pattern stands. */
type Scanner = { readonly source: string; at: number };

const maxSteps = 500;
const maxRepeats = 200;
const lastCode = 0xffff;

const digits: Ranges = [48, 57];
// ECMA-262, sections 12.2 and 12.3, of one UTF-16 code unit.
const spaces: Ranges = [
  9, 13, 32, 32, 160, 160, 5760, 5760, 8192, 8202, 8232, 8233, 8239, 8239, 8287, 8287, 12288, 12288, 65279,
  65279,
];
const lineEnds: Ranges = [10, 10, 13, 13, 0x2028, 0x2029];

const classes: Record<string, Ranges> = {
  d: digits,
  D: not(digits),
  w: wordRanges,
  W: not(wordRanges),
  s: spaces,
  S: not(spaces),
};
const controls: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** All other characters. */
function not(ranges: Ranges): Ranges {
  const pairs = Array.from({ length: ranges.length / 2 }, (_, at) => ranges.slice(2 * at, 2 * at + 2));
  const others: number[] = [];
  let next = 0;
  for (const [from = 0, to = 0] of pairs.sort(([left = 0], [right = 0]) => left - right)) {
    if (from > next) others.push(next, from - 1);
    next = Math.max(next, to + 1);
  }
  return next > lastCode ? others : [...others, next, lastCode];
}

/**
 * Compiles a regular expression in the syntax of JavaScript, without back references and look-around.
 *
 * @throws SyntaxError that says what is not understood and where
 */
export function compilePattern(source: string): Pattern {
  const scanner: Scanner = { source, at: 0 };
  const pattern = alternatives(scanner);
  if (scanner.at < source.length) fail(scanner, 'unexpected )');
  return pattern;
}

function fail(s: Scanner, what: string): never {
  throw new SyntaxError(`${what} at character ${s.at + 1}`);
}

function take(s: Scanner, text: string): boolean {
  const isNext = s.source.startsWith(text, s.at);
  if (isNext) s.at += text.length;
  return isNext;
}

function limited(s: Scanner, steps: Step[]): Step[] {
  return steps.length > maxSteps ? fail(s, 'too long a pattern') : steps;
}

function alternatives(s: Scanner): Step[] {
  const left = sequence(s);
  if (!take(s, '|')) return left;
  const right = alternatives(s);
  return limited(s, [{ to: [1, left.length + 2] }, ...left, { to: [right.length + 1] }, ...right]);
}

function sequence(s: Scanner): Step[] {
  let steps: Step[] = [];
  while (s.at < s.source.length && !/[|)]/.test(s.source.charAt(s.at)))
    steps = limited(s, [...steps, ...repeated(s)]);
  return steps;
}

function repeated(s: Scanner): Step[] {
  const isEdge = /^(\^|\$|\\[bB])/.test(s.source.slice(s.at));
  const body = atom(s);
  const counts = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(s.source.slice(s.at));
  if (!counts) return body;
  if (isEdge) fail(s, 'nothing to repeat');
  s.at += counts[0].length;
  return repeat(s, body, boundsOf(s, counts));
}

function boundsOf(s: Scanner, [text, min, comma, max]: RegExpExecArray): [number, number] {
  if (min === undefined) return [text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Number.POSITIVE_INFINITY];
  const least = Number(min);
  const most = comma ? (max ? Number(max) : Number.POSITIVE_INFINITY) : least;
  if (most < least || least > maxRepeats || (Number.isFinite(most) && most > maxRepeats))
    fail(s, `expected 0 to ${maxRepeats} repeats in order`);
  return [least, most];
}

function repeat(s: Scanner, body: Step[], [least, most]: [number, number]): Step[] {
  let steps: Step[] = [];
  const optional: Step[] = [{ to: [1, body.length + 1] }, ...body];
  for (let n = 0; n < least; n++) steps = limited(s, [...steps, ...body]);
  if (most === Number.POSITIVE_INFINITY)
    return limited(s, [...steps, { to: [1, body.length + 2] }, ...body, { to: [-body.length - 1] }]);
  for (let n = least; n < most; n++) steps = limited(s, [...steps, ...optional]);
  return steps;
}

function atom(s: Scanner): Step[] {
  if (take(s, '(')) return group(s);
  if (take(s, '[')) return [characterClass(s)];
  if (take(s, '^')) return ['^'];
  if (take(s, '$')) return ['$'];
  if (take(s, '.')) return [not(lineEnds)];
  if (take(s, '\\b')) return ['b'];
  if (take(s, '\\B')) return ['B'];
  if (/^[*+?]|^\{\d+,?\d*\}/.test(s.source.slice(s.at))) fail(s, 'nothing to repeat');
  return [character(s)];
}

function group(s: Scanner): Step[] {
  if (take(s, '?')) {
    const isGroup = take(s, ':') || /^<[A-Za-z_$][\w$]*>/.exec(s.source.slice(s.at));
    if (!isGroup) fail(s, 'look-around is not supported');
    if (isGroup !== true && isGroup) s.at += isGroup[0].length;
  }
  const steps = alternatives(s);
  return take(s, ')') ? steps : fail(s, 'expected )');
}

/** One character, or a class like \d. */
function character(s: Scanner): Ranges {
  if (!take(s, '\\')) return single(s.source.charCodeAt(s.at++));
  const letter = s.source.charAt(s.at++);
  const known = classes[letter];
  if (known) return known;
  if (letter === 'x' || letter === 'u') return single(hex(s, letter === 'x' ? 2 : 4));
  const control = controls[letter];
  if (control !== undefined && !(control === 0 && /\d/.test(s.source.charAt(s.at)))) return single(control);
  if (letter === '' || /[0-9A-Za-z]/.test(letter)) fail(s, `\\${letter} is not supported`);
  return single(letter.charCodeAt(0));
}

function single(code: number): Ranges {
  return [code, code];
}

function hex(s: Scanner, length: number): number {
  const text = s.source.slice(s.at, s.at + length);
  if (!/^[\da-f]+$/i.test(text) || text.length < length) fail(s, `expected ${length} hexadecimal digits`);
  s.at += length;
  return Number.parseInt(text, 16);
}

function characterClass(s: Scanner): Ranges {
  const isNegated = take(s, '^');
  const ranges: number[] = [];
  while (!take(s, ']')) {
    if (s.at >= s.source.length) fail(s, 'expected ]');
    ranges.push(...classPart(s));
  }
  return isNegated ? not(ranges) : ranges;
}

function classPart(s: Scanner): Ranges {
  const from = classCharacter(s);
  if (s.source.charAt(s.at) !== '-' || s.source.charAt(s.at + 1) === ']') return from;
  s.at += 1;
  const to = classCharacter(s);
  const [first = 0, firstEnd] = from;
  const [last = 0, lastEnd] = to;
  const areSingle = from.length === 2 && to.length === 2 && first === firstEnd && last === lastEnd;
  return areSingle && first <= last ? [first, last] : fail(s, 'expected a range of characters in order');
}

function classCharacter(s: Scanner): Ranges {
  return take(s, '\\b') ? single(8) : character(s);
}
