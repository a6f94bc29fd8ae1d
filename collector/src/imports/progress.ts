import type { Tally } from './tally.js';

export type Progress = { show(tally: Tally): void; end(): void };

type Options = {
  now: () => number;
  log: (line: string) => void;
  /** A terminal overwrites its line; a file or a pipe gets one line a second. */
  terminal: { write(text: string): void } | undefined;
};

const everyMs = 1_000;

/** Shows how far an import is, at most once a second. */
export function createProgress({ now, log, terminal }: Options): Progress {
  const startedAt = now();
  let nextAt = startedAt + everyMs;

  function show(tally: Tally): void {
    const time = now();
    if (time < nextAt) return;
    nextAt = time + everyMs;
    const text = describe(tally, time - startedAt);
    if (terminal) terminal.write(`\r${text}\x1b[K`);
    else log(text);
  }

  function end(): void {
    terminal?.write('\r\x1b[K');
  }

  return { show, end };
}

function describe({ lines, pageviews }: Tally, elapsedMs: number): string {
  const pace = Math.round((lines * 1_000) / Math.max(elapsedMs, 1));
  return [`${format(lines)} lines`, `${format(pageviews)} page views`, `${format(pace)} lines/s`].join(', ');
}

function format(number: number): string {
  return number.toLocaleString('en');
}
