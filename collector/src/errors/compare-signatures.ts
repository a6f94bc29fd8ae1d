import { type Call, isHashed, type Signature, stemOf } from './signature.js';

/**
 * How much speaks for two signatures of one bucket being the same bug: `conflict` when something says they are not,
 * else 3 the same place of the same build, 2 the same named function, 1 a named function in common, 0 nothing.
 */
export type Likeness = 'conflict' | 0 | 1 | 2 | 3;

const recursion = 'recursion without end';

// Engines count from other places of the same statement, and one line is a whole file in minified code.
const nearLines = 3;
const nearColumns = 60;

export function compareSignatures(a: Signature, b: Signature): Likeness {
  if (differ(a.subject, b.subject) || differ(a.nothing, b.nothing)) return 'conflict';
  const likeness = compareStacks(a, b);
  if (likeness !== 'conflict' || !a.hasConstructor || (a.engine === 'v8') === (b.engine === 'v8'))
    return likeness;
  // V8 leaves out the constructor of the error, the others show it.
  const without = (signature: Signature) =>
    signature.engine === 'v8' ? signature : { ...signature, calls: signature.calls.slice(1) };
  return compareStacks(without(a), without(b));
}

function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function compareStacks(a: Signature, b: Signature): Likeness {
  const [top, otherTop] = [a.calls[0], b.calls[0]];
  if (!top || !otherTop) return 0;
  if (a.bucket === recursion) return compareRecursions(a, b);
  if (isSameBuild(a, b)) return compareInBuild(a, b);
  if (isOtherFile(top.file, otherTop.file) || isOtherFunction(a, b)) return 'conflict';
  return compareNames(a.calls, b.calls);
}

// An engine that names a function in one build of a file names it, or what became of it, in the next.
function isOtherFunction(a: Signature, b: Signature): boolean {
  const [top, otherTop] = [a.calls[0], b.calls[0]];
  if (!top || !otherTop || a.engine !== b.engine || top.file !== otherTop.file) return false;
  return (top.name === null) !== (otherTop.name === null);
}

// The stack is full at any of the functions that call each other.
function compareRecursions(a: Signature, b: Signature): Likeness {
  const isInBuild = isSameBuild(a, b);
  const namesOf = ({ calls }: Signature) =>
    calls.flatMap(({ name, isReadable }) => (name !== null && (isInBuild || isReadable) ? [name] : []));
  const [names, others] = [namesOf(a), new Set(namesOf(b))];
  if (names.length === 0 || others.size === 0) return 0;
  return names.some((name) => others.has(name)) ? (isInBuild ? 3 : 2) : 'conflict';
}

function isSameBuild(a: Signature, b: Signature): boolean {
  const file = a.calls[0]?.file ?? '';
  if (a.release !== null && b.release !== null) return a.release === b.release;
  return file === b.calls[0]?.file && isHashed(file);
}

// Two chunks of one kind of build; a development and a production build name their files differently.
function isOtherFile(file: string, other: string): boolean {
  if (file === '' || other === '') return false;
  return isHashed(file) === isHashed(other) && stemOf(file) !== stemOf(other);
}

function compareInBuild(a: Signature, b: Signature): Likeness {
  const [top, otherTop] = [a.calls[0], b.calls[0]] as [Call, Call];
  if (top.file !== otherTop.file)
    return top.file === '' || otherTop.file === '' ? compareNames(a.calls, b.calls) : 'conflict';
  if (top.name !== null && otherTop.name !== null && top.name !== otherTop.name) return 'conflict';
  if (top.isReadable && otherTop.isReadable) return 3;
  return isNear(top, otherTop, { isExact: a.engine === b.engine }) ? 3 : 'conflict';
}

function isNear(a: Call, b: Call, { isExact }: { isExact: boolean }): boolean {
  if (a.line === null || b.line === null) return true;
  if (a.line !== b.line) return !isExact && Math.abs(a.line - b.line) <= nearLines;
  if (a.column === null || b.column === null) return true;
  return Math.abs(a.column - b.column) <= (isExact ? 0 : nearColumns);
}

// The function that threw decides; where a build hides its name, the first caller that both builds name.
function compareNames(calls: Call[], others: Call[]): Likeness {
  const [top, otherTop] = [calls[0], others[0]];
  if (top?.isReadable && otherTop?.isReadable) return top.name === otherTop.name ? 2 : 'conflict';
  for (const [index, call] of calls.entries()) {
    const other = others[index];
    if (!call.isReadable || !other?.isReadable) continue;
    return call.name === other.name ? 1 : 'conflict';
  }
  const names = new Set(calls.flatMap(({ name, isReadable }) => (isReadable ? [name] : [])));
  return others.some(({ name, isReadable }) => isReadable && names.has(name)) ? 1 : 0;
}
