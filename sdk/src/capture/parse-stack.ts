/** One call. `place` is `:line:column`, from 1, where the browser tells them; native code has none. */
export type Frame = { name: string; file: string; place: string };

/** V8: `at name (file:1:2)` and `at file:1:2`. Its names hold no slash, its files may hold parentheses. */
const v8 = /^at (?:([^(/]*?) ?\()?(?:async )?(.*?)((?::\d+){0,2})\)*$/;

/**
 * SpiderMonkey and JavaScriptCore: `name@file:1:2`, `async*name@file:1:2`; a name may lack, or hold an @ in quotes. What comes
 * first asks for an address or a path, since messages hold an @ too.
 */
const gecko = /^(?=.*@.*[/[]|[\w-]+:\/\/.*:\d)(?:[^@*]*\*)?(?:((?:.*".+")?[^@]*)@)?(.*?)((?::\d+){0,2})$/;

const maxFrames = 50;

/** Reads the stacks of Chromium, Firefox and Safari, newest call first. What eval runs is where eval was called. */
export function parseStack(stack: string): Frame[] {
  const pattern = /^\s*at /m.test(stack) ? v8 : gecko;
  return stack
    .split('\n')
    .map((line) => parseLine(takeOutEval(line), pattern))
    .filter(({ file, place }) => place || /^\W?(native|anonymous|data:)/.test(file))
    .slice(0, maxFrames);
}

function takeOutEval(line: string): string {
  return line
    .trim()
    .replace(/\(eval at .*?\(([^()]+:\d+)\).*/, '($1)')
    .replace(/ line (\d+) > .*/, ':$1');
}

/** The text of a data: URL is a program. */
function parseLine(line: string, pattern: RegExp): Frame {
  const [, name = '', file = '', place = ''] = pattern.exec(line) ?? [];
  return { name, file: file.replace(/^data:([^,;]*).*/, '<data:$1>'), place };
}
