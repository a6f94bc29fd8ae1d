/**
 * Regular expressions in linear time, whatever the pattern: all ways through it are followed at once (Thompson 1968,
 * https://swtch.com/~rsc/regexp/regexp1.html), so that none backtracks. The syntax is that of JavaScript without back
 * references and look-around.
 */
export type Pattern = readonly Step[];

type Test = (code: number) => boolean;
type Edge = (before: number, after: number) => boolean;

/** Takes a character, looks around a place, or goes on elsewhere; places are relative. Past the last step it matches. */
type Step = { test: Test } | { edge: Edge } | { goto: readonly number[] };

const maxSteps = 500;
const maxRepeats = 200;
const noCharacter = -1;

/** Texts are matched up to this length: what follows is not looked at. */
export const maxMatchedChars = 1_024;

const isDigit: Test = (code) => code >= 48 && code <= 57;
const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Test = (code) => code >= 0 && /\s/.test(String.fromCharCode(code));
const isLineEnd: Test = (code) => code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
const not =
  (test: Test): Test =>
  (code) =>
    !test(code);
const isBoundary: Edge = (before, after) => isWord(before) !== isWord(after);

const classes: Record<string, Test> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const controls: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/**
 * Reads a pattern.
 *
 * @throws SyntaxError that says what is not understood and where
 */
export function parsePattern(source: string): Pattern {
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
    return limited([{ goto: [1, left.length + 2] }, ...left, { goto: [right.length + 1] }, ...right]);
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
    const optional: Step[] = [{ goto: [1, body.length + 1] }, ...body];
    for (let n = 0; n < least; n++) steps = limited([...steps, ...body]);
    if (most === Number.POSITIVE_INFINITY)
      return limited([...steps, { goto: [1, body.length + 2] }, ...body, { goto: [-body.length - 1] }]);
    for (let n = least; n < most; n++) steps = limited([...steps, ...optional]);
    return steps;
  }

  function atom(): Step[] {
    if (take('(')) return group();
    if (take('[')) return [{ test: characterClass() }];
    if (take('^')) return [{ edge: (before) => before === noCharacter }];
    if (take('$')) return [{ edge: (_, after) => after === noCharacter }];
    if (take('.')) return [{ test: not(isLineEnd) }];
    if (take('\\b')) return [{ edge: isBoundary }];
    if (take('\\B')) return [{ edge: (before, after) => !isBoundary(before, after) }];
    if (/^[*+?]|^\{\d+,?\d*\}/.test(source.slice(at))) fail('nothing to repeat');
    const { test } = character();
    return [{ test }];
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

  /** One character or a class like \d; `code` only of a single one. */
  function character(): { test: Test; code?: number } {
    if (!take('\\')) return single(source.charCodeAt(at++));
    const letter = source.charAt(at++);
    const known = classes[letter];
    if (known) return { test: known };
    if (letter === 'x' || letter === 'u') return single(hex(letter === 'x' ? 2 : 4));
    const control = controls[letter];
    if (control !== undefined && !(control === 0 && /\d/.test(source.charAt(at)))) return single(control);
    if (letter === '' || /[0-9A-Za-z]/.test(letter)) fail(`\\${letter} is not supported`);
    return single(letter.charCodeAt(0));
  }

  function single(code: number): { test: Test; code: number } {
    return { test: (other) => other === code, code };
  }

  function hex(digits: number): number {
    const text = source.slice(at, at + digits);
    if (!/^[\da-f]+$/i.test(text) || text.length < digits) fail(`expected ${digits} hexadecimal digits`);
    at += digits;
    return Number.parseInt(text, 16);
  }

  function characterClass(): Test {
    const isNegated = take('^');
    const tests: Test[] = [];
    while (!take(']')) {
      if (at >= source.length) fail('expected ]');
      tests.push(classPart());
    }
    const isIn: Test = (code) => tests.some((test) => test(code));
    return isNegated ? not(isIn) : isIn;
  }

  function classPart(): Test {
    const from = classCharacter();
    if (source.charAt(at) !== '-' || source.charAt(at + 1) === ']') return from.test;
    at += 1;
    const to = classCharacter();
    if (from.code === undefined || to.code === undefined || from.code > to.code)
      return fail('expected a range of characters in order');
    const { code: first } = from;
    const { code: last } = to;
    return (code) => code >= first && code <= last;
  }

  function classCharacter(): { test: Test; code?: number } {
    return take('\\b') ? single(8) : character();
  }

  const pattern = alternatives();
  if (at < source.length) fail('unexpected )');
  return pattern;
}

/** Whether a pattern matches anywhere in a text. At most length of text times length of pattern steps. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const length = Math.min(text.length, maxMatchedChars);
  let current = new Set<number>();

  function follow(into: Set<number>, place: number, at: number): boolean {
    const pending = [place];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (into.has(next)) continue;
      into.add(next);
      const step = pattern[next];
      if (!step) return true;
      if ('goto' in step) for (const offset of step.goto) pending.push(next + offset);
      else if ('edge' in step && step.edge(codeAt(at - 1), codeAt(at))) pending.push(next + 1);
    }
    return false;
  }

  function codeAt(at: number): number {
    return at < 0 || at >= length ? noCharacter : text.charCodeAt(at);
  }

  for (let at = 0; at <= length; at++) {
    if (follow(current, 0, at)) return true;
    const next = new Set<number>();
    for (const place of current) {
      const step = pattern[place];
      if (at < length && step && 'test' in step && step.test(codeAt(at)) && follow(next, place + 1, at + 1))
        return true;
    }
    current = next;
  }
  return false;
}
