/**
 * A regular expression as steps: takes a character of some ranges (`[from, to, from, to, …]`), looks around a place (`^`, `$`,
 * `b`, `B`), or goes on elsewhere, relative to itself. Past the last step it matches. Plain JSON: it is compiled once, where it is
 * defined, and travels to browsers so.
 */
export type Pattern = readonly Step[];
export type Step = readonly number[] | '^' | '$' | 'b' | 'B' | { readonly to: readonly number[] };

const noCharacter = -1;

/** Texts are matched up to this length: what follows is not looked at. */
export const maxMatchedChars = 1_024;

/** Letters, digits and the underscore of ASCII. */
export const wordRanges: readonly number[] = [48, 57, 65, 90, 95, 95, 97, 122];

/**
 * Whether a pattern matches anywhere in a text. All ways through it are followed at once (Thompson 1968,
 * https://swtch.com/~rsc/regexp/regexp1.html), so that none backtracks: at most length of text times length of pattern steps.
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const length = Math.min(text.length, maxMatchedChars);
  const codeAt = (at: number) => (at < 0 || at >= length ? noCharacter : text.charCodeAt(at));
  let places = new Set<number>();

  /** Adds a place and all that can be reached from it without a character. */
  function reach(into: Set<number>, place: number, at: number): boolean {
    if (into.has(place)) return false;
    into.add(place);
    const step = pattern[place];
    if (step === undefined) return true;
    if (typeof step === 'string')
      return holds(step, codeAt(at - 1), codeAt(at)) && reach(into, place + 1, at);
    return 'to' in step && step.to.some((offset) => reach(into, place + offset, at));
  }

  for (let at = 0; at <= length; at++) {
    if (reach(places, 0, at)) return true;
    const next = new Set<number>();
    for (const place of places) {
      const step = pattern[place];
      if (Array.isArray(step) && isIn(codeAt(at), step) && reach(next, place + 1, at + 1)) return true;
    }
    places = next;
  }
  return false;
}

function isIn(code: number, ranges: readonly number[]): boolean {
  for (let at = 0; at < ranges.length; at += 2)
    if (code >= (ranges[at] ?? 0) && code <= (ranges[at + 1] ?? 0)) return true;
  return false;
}

function holds(edge: string, before: number, after: number): boolean {
  if (edge === '^') return before < 0;
  if (edge === '$') return after < 0;
  return (isIn(before, wordRanges) !== isIn(after, wordRanges)) === (edge === 'b');
}
