/** One call of a stack, the newest first. What the browser did not tell is null. */
export type Frame = {
  func: string | null;
  file: string | null;
  line: number | null;
  column: number | null;
};

const location = /^(.*?):(\d+)(?::(\d+))?$/;
const evalOrigin = /\((?:eval at [^()]*?)?((?:[a-z][\w+.-]*:\/\/|\/|[\w.-]+\.\w)[^()\s]*:\d+:\d+)\)/;
const geckoEval =
  /^(.*?) line (\d+)(?: > (?:eval|Function)(?: line \d+)?)*(?: > (?:eval|Function))(?::\d+){0,2}$/;
const maxFrames = 100;

/**
 * The frames of an `error.stack` as V8, Gecko, JavaScriptCore, Chakra, Hermes and Presto write it. Code in eval is
 * placed at the call of eval in a file; lines that are no frames (the message) are left out.
 */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  const isBareNameFrame = !isAtStyle(stack);
  for (const text of stack.split('\n')) {
    const frame = parseLine(text.trim());
    if (frame && (isBareNameFrame || frame.file !== null)) frames.push(frame);
    if (frames.length === maxFrames) break;
  }
  return frames;
}

/** Whether the stack has the frames of V8, Chakra or Hermes: `at …`. Gecko and JavaScriptCore write `name@file`. */
export function isAtStyle(stack: string): boolean {
  return /^\s*at /m.test(stack);
}

function parseLine(text: string): Frame | undefined {
  const line = text
    .replace(/(safari(?:-web)?-extension):\((.*)\)?$/, '$1:$2')
    .replace(/\)$/, (end) => (text.includes('extension:(') ? '' : end));
  if (line.startsWith('at ')) return parseAt(line.slice(3));
  if (/^Line \d+ of /.test(line)) return parsePresto(line);
  if (line.includes('@')) return parseNameAtPlace(line);
  if (/^(?:eval|global|module) code$/.test(line)) return { func: line, ...nowhere };
  if (/^[\w$]+$/.test(line)) return { func: line, ...nowhere };
  return /^[a-z][\w+.-]*:\/\/\S+:\d+:\d+$/.test(line) ? { func: null, ...parsePlace(line) } : undefined;
}

const nowhere = { file: null, line: null, column: null };

function parseAt(text: string): Frame | undefined {
  if (/^[\w$.]+@/.test(text)) return parseNameAtPlace(text);
  const { func, place } = splitAt(text);
  if (!func && !location.test(place)) return undefined;
  const inner = evalOrigin.exec(place) ?? evalOrigin.exec(`(${place})`);
  const isEval = /\beval at /.test(text);
  const where = parsePlace(isEval && inner?.[1] ? inner[1] : cleanPlace(place));
  if (!isPlace(where, place)) return undefined;
  return { func: nameOf(func), ...where };
}

function splitAt(text: string): { func: string; place: string } {
  const evalAt = /^(.*?) ?\((eval at .*)$/.exec(text);
  if (evalAt) return { func: evalAt[1] ?? '', place: `(${evalAt[2]}` };
  const open = /^((?:async )?[^(]*?(?: \[as [^\]]+\])?) ?\((.*)$/.exec(text);
  if (open && !location.test(open[1] ?? '') && !/^(?:async )?(?:[a-z]+:\/)?\//.test(open[1] ?? ''))
    return { func: open[1] ?? '', place: (open[2] ?? '').replace(/\)$/, '') };
  return { func: '', place: text.replace(/^async /, '') };
}

function cleanPlace(place: string): string {
  return place.replace(/^(?:async|address at) /, '');
}

function isPlace({ file, line }: { file: string | null; line: number | null }, place: string): boolean {
  return line !== null || file === null || /^(?:native(?: code)?|<anonymous>|data:|eval code)/.test(place);
}

function nameOf(func: string): string | null {
  const name = func.replace(/\(.*\)$/, '').trim();
  return name === '' || name === '(null)' || name === '<anonymous>' ? null : name;
}

// Quotes hold names like obj["@fn"]; what follows the first @ outside of them is the place.
function parseNameAtPlace(line: string): Frame | undefined {
  const match = /^((?:[^@"]|"[^"]*")*)@(.*)$/.exec(line);
  if (!match) return undefined;
  const [, func = '', place = ''] = match;
  const evaluated = geckoEval.exec(place);
  if (evaluated) {
    const [, file = '', at] = evaluated;
    return { func: nameOf(func) ?? 'eval', file, line: Number(at), column: null };
  }
  const where = parsePlace(place);
  if (where.line === null && !/^\[native code\]$|:\/\//.test(place)) return undefined;
  return { func: nameOf(func), ...where };
}

function parsePresto(line: string): Frame | undefined {
  const match = /^Line (\d+) of (?:linked script|.*? script in) (\S+?)(?:: In function (\S+))?$/.exec(line);
  if (!match) return undefined;
  const [, at, file = null, func = null] = match;
  return { func, file, line: Number(at), column: null };
}

function parsePlace(place: string): Omit<Frame, 'func'> {
  if (place.startsWith('data:')) return { file: `<${place.split(/[,;]/)[0]}>`, line: null, column: null };
  const match = location.exec(place);
  if (!match) return { file: place, line: null, column: null };
  const [, file = '', line, column] = match;
  return { file, line: Number(line), column: column === undefined ? null : Number(column) };
}
