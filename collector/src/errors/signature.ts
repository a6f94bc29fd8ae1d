import { createHash } from 'node:crypto';
import { describeError, type ErrorKind, isReadable } from './describe-error.js';
import { type Frame, isAtStyle, parseStack } from './parse-stack.js';

/** What a browser told of one error. */
export type ErrorReport = {
  type: string | null;
  message: string | null;
  stack: string | null;
  /** Of the error event, where there is no stack. */
  source: string | null;
  line: number | null;
  column: number | null;
  release: string | null;
  browser: string | null;
};

/** A call in the page's own code: its name without what engines add to it. */
export type Call = {
  name: string | null;
  isReadable: boolean;
  file: string;
  line: number | null;
  column: number | null;
};

/** All that tells one error from another. Two reports of one id are the same bug; reports of two ids may be. */
export type Signature = ErrorKind & {
  id: string;
  engine: string;
  release: string | null;
  calls: Call[];
};

const maxCalls = 12;
const hash = /[.\-_](?=[0-9a-f]*\d)[0-9a-f]{6,}(?=[.\-_]|$)|[.\-_][A-Za-z0-9_-]{8}(?=\.(?:m|c)?js$)/;

/** The signature of a report. Pure: the same report has the same one for ever. */
export function signatureOf(report: ErrorReport): Signature {
  const kind = describeError(report);
  const calls = callsOf(report);
  const engine = engineOf(report);
  const top = calls.slice(0, 5).map(({ name, file, line, column }) => [name, file, line, column]);
  const text = JSON.stringify([kind.bucket, kind.subject, engine, report.release, top]);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { ...kind, id, engine, release: report.release, calls };
}

function engineOf({ stack, browser }: ErrorReport): string {
  if (stack && isAtStyle(stack)) return 'v8';
  if (browser !== null && /safari|ios|webkit/i.test(browser)) return 'jsc';
  return browser !== null && /firefox/i.test(browser) ? 'gecko' : 'v8';
}

function callsOf({ stack, source, line, column }: ErrorReport): Call[] {
  const calls = parseStack(stack ?? '')
    .filter(isOwnCode)
    .map(toCall)
    .filter(isNoRepetition)
    .slice(0, maxCalls);
  if (calls.length > 0 || source === null || source === '') return calls;
  return [{ name: null, isReadable: false, file: fileOf(source), line, column }];
}

// Engines differ in whether they show their own functions, and the wrapper of eval.
function isOwnCode({ func, file }: Frame): boolean {
  if (file === null) return func !== 'eval code';
  if (/^(?:\[native code\]|native(?: code)?|eval code)$/.test(file))
    return file === 'eval code' && func !== 'eval code' && func !== 'eval';
  if (func === 'eval' || func === 'anonymous') return false;
  return file !== '<anonymous>' && !/^[\w-]*-extension:/.test(file);
}

function toCall({ func, file, line, column }: Frame): Call {
  const name = plainName(func);
  // Chakra counts lines of code in eval from its own start.
  const place = file === null || file === 'eval code' ? '' : fileOf(file);
  return { name, isReadable: name !== null && isReadable(name), file: place, line, column };
}

/** `Object.call`, `async*call`, `new call`, `call [as run]` and `call/<` (a function inside, for Gecko) made comparable. */
function plainName(func: string | null): string | null {
  if (func === null || /\/<|<$|_initializer>$/.test(func)) return null;
  const name = func
    .replace(/ \[as .*\]$/, '')
    .replace(
      /^(?:async ?\*?|promise callback\*?|setTimeout handler\*?|EventListener\.handleEvent\*?|new |get |set )+/,
      '',
    )
    .replace(/^.*[.*/]/, '')
    .replace(/^(?:get|set|new) /, '');
  return name === '' || /^(?:<anonymous>|anonymous|[Gg]lobal code|module code|eval)$/.test(name)
    ? null
    : name;
}

function fileOf(file: string): string {
  return file.replace(/[?#].*$/, '');
}

function isNoRepetition(call: Call, index: number, calls: Call[]): boolean {
  const previous = calls[index - 1];
  return !previous || previous.name === null || previous.name !== call.name || previous.file !== call.file;
}

/** Whether the name of a file changes with its content: the same name then is the same build. */
export function isHashed(file: string): boolean {
  return hash.test(file.slice(file.lastIndexOf('/') + 1));
}

/** The name of a file without its hash and extension: `main` of `/assets/main.f5044290.js`. */
export function stemOf(file: string): string {
  return file
    .slice(file.lastIndexOf('/') + 1)
    .replace(hash, '')
    .replace(/\.[cm]?[jt]sx?$/, '');
}
