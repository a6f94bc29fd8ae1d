/** One call. Line and column begin at 1; native code has neither. */
export type Frame = {
  name?: string | undefined;
  file: string;
  line?: number | undefined;
  column?: number | undefined;
};

/** V8: `at name (file:1:2)` and `at file:1:2`. Its names hold no slash, its files may hold parentheses. */
const v8 = /^at (?:([^(/]*?) ?\()?(?:async |address at )?(.*?)(?::(\d+))?(?::(\d+))?\)*$/;

/** SpiderMonkey and JavaScriptCore: `name@file:1:2`, also without a name. A name may hold an @ in quotes. */
const gecko = /^(?:((?:.*".+")?[^@]*)@)?(.*?)(?::(\d+))?(?::(\d+))?\)?$/;

const maxFrames = 50;

/** Reads the stacks of Chromium, Firefox and Safari, newest call first. What eval runs is where eval was called. */
export function parseStack(stack: string): Frame[] {
  const lines = stack.split('\n').map(unwrap);
  const hasHeader = lines.some((line) => line.startsWith('at '));
  return lines
    .filter((line) => (hasHeader ? line.startsWith('at ') : /@.*[/[]|^[\w-]+:\/\/.*:\d/.test(line)))
    .map((line) => parseLine(line, hasHeader ? v8 : gecko))
    .filter(({ file, line }) => line || /^\W?(native|anonymous|data:)/.test(file))
    .slice(0, maxFrames);
}

/** Takes code made by eval out of the line, and a bracket that Safari puts into the files of extensions. */
function unwrap(line: string): string {
  return line
    .trim()
    .replace(/\(eval at .*?\(([^()]+:\d+)\).*/, '($1)')
    .replace(/ line (\d+) > .*/, ':$1')
    .replace(/^at (.*extension:)\(/, '$1');
}

function parseLine(text: string, pattern: RegExp): Frame {
  const [, name, file = '', line, column] = pattern.exec(text) ?? [];
  return {
    name: name || undefined,
    // The text of a data: URL is a program.
    file: file.replace(/^data:([^,;]*).*/, '<data:$1>'),
    line: line ? Number(line) : undefined,
    column: column ? Number(column) : undefined,
  };
}
