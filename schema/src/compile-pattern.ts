import { type Pattern, type Step, wordRanges } from './pattern.js';

type Ranges = readonly number[];

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
  let at = 0;

  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at character ${at + 1}`);
  };
  const take = (text: string): boolean => {
    const isNext = source.startsWith(text, at);
    if (isNext) at += text.length;
    return isNext;
  };
  const limited = (steps: Step[]): Step[] => (steps.length > maxSteps ? fail('too long a pattern') : steps);

  function alternatives(): Step[] {
    const left = sequence();
    if (!take('|')) return left;
    const right = alternatives();
    return limited([{ to: [1, left.length + 2] }, ...left, { to: [right.length + 1] }, ...right]);
  }

  function sequence(): Step[] {
    let steps: Step[] = [];
    while (at < source.length && !/[|)]/.test(source.charAt(at))) steps = limited([...steps, ...repeated()]);
    return steps;
  }

  function repeated(): Step[] {
    const isEdge = /^(\^|\$|\\[bB])/.test(source.slice(at));
    const body = atom();
    const counts = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (!counts) return body;
    if (isEdge) fail('nothing to repeat');
    at += counts[0].length;
    return repeat(body, boundsOf(counts));
  }

  function boundsOf([text, min, comma, max]: RegExpExecArray): [number, number] {
    if (min === undefined) return [text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Number.POSITIVE_INFINITY];
    const least = Number(min);
    const most = comma ? (max ? Number(max) : Number.POSITIVE_INFINITY) : least;
    if (most < least || least > maxRepeats || (Number.isFinite(most) && most > maxRepeats))
      fail(`expected 0 to ${maxRepeats} repeats in order`);
    return [least, most];
  }

  function repeat(body: Step[], [least, most]: [number, number]): Step[] {
    let steps: Step[] = [];
    const optional: Step[] = [{ to: [1, body.length + 1] }, ...body];
    for (let n = 0; n < least; n++) steps = limited([...steps, ...body]);
    if (most === Number.POSITIVE_INFINITY)
      return limited([...steps, { to: [1, body.length + 2] }, ...body, { to: [-body.length - 1] }]);
    for (let n = least; n < most; n++) steps = limited([...steps, ...optional]);
    return steps;
  }

  function atom(): Step[] {
    if (take('(')) return group();
    if (take('[')) return [characterClass()];
    if (take('^')) return ['^'];
    if (take('$')) return ['$'];
    if (take('.')) return [not(lineEnds)];
    if (take('\\b')) return ['b'];
    if (take('\\B')) return ['B'];
    if (/^[*+?]|^\{\d+,?\d*\}/.test(source.slice(at))) fail('nothing to repeat');
    return [character()];
  }

  function group(): Step[] {
    if (take('?')) {
      const isGroup = take(':') || /^<[A-Za-z_$][\w$]*>/.exec(source.slice(at));
      if (!isGroup) fail('look-around is not supported');
      if (isGroup !== true && isGroup) at += isGroup[0].length;
    }
    const steps = alternatives();
    return take(')') ? steps : fail('expected )');
  }

  /** One character, or a class like \d. */
  function character(): Ranges {
    if (!take('\\')) return single(source.charCodeAt(at++));
    const letter = source.charAt(at++);
    const known = classes[letter];
    if (known) return known;
    if (letter === 'x' || letter === 'u') return single(hex(letter === 'x' ? 2 : 4));
    const control = controls[letter];
    if (control !== undefined && !(control === 0 && /\d/.test(source.charAt(at)))) return single(control);
    if (letter === '' || /[0-9A-Za-z]/.test(letter)) fail(`\\${letter} is not supported`);
    return single(letter.charCodeAt(0));
  }

  function single(code: number): Ranges {
    return [code, code];
  }

  function hex(length: number): number {
    const text = source.slice(at, at + length);
    if (!/^[\da-f]+$/i.test(text) || text.length < length) fail(`expected ${length} hexadecimal digits`);
    at += length;
    return Number.parseInt(text, 16);
  }

  function characterClass(): Ranges {
    const isNegated = take('^');
    const ranges: number[] = [];
    while (!take(']')) {
      if (at >= source.length) fail('expected ]');
      ranges.push(...classPart());
    }
    return isNegated ? not(ranges) : ranges;
  }

  function classPart(): Ranges {
    const from = classCharacter();
    if (source.charAt(at) !== '-' || source.charAt(at + 1) === ']') return from;
    at += 1;
    const to = classCharacter();
    const [first = 0, firstEnd] = from;
    const [last = 0, lastEnd] = to;
    const areSingle = from.length === 2 && to.length === 2 && first === firstEnd && last === lastEnd;
    return areSingle && first <= last ? [first, last] : fail('expected a range of characters in order');
  }

  function classCharacter(): Ranges {
    return take('\\b') ? single(8) : character();
  }

  const pattern = alternatives();
  if (at < source.length) fail('unexpected )');
  return pattern;
}
