import type { LogSource } from './open-log.js';

/** A line without its end. The text is missing where the line is too long to be kept. */
export type RawLine = { number: number; text: string | undefined };

/** Servers refuse requests far shorter than this: Apache a line of 8 KiB, nginx headers of 32 KiB. */
export const maxLineBytes = 65_536;

const newline = 0x0a;

/** Cuts bytes into lines, numbered from 1. Blank lines are counted and left out; at most one line is in memory. */
export async function* readLines({ chunks, failure }: LogSource): AsyncGenerator<RawLine> {
  const line = createLine();
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      line.add(chunk.subarray(start, end));
      start = end + 1;
      number += 1;
      const text = line.take();
      if (text !== '') yield { number, text };
    }
    line.add(chunk.subarray(start));
  }
  const text = line.take();
  if (text !== '' && failure() === undefined) yield { number: number + 1, text };
}

/** Collects the parts of one line, up to the limit: what is beyond is counted and dropped. */
function createLine() {
  let parts: Buffer[] = [];
  let bytes = 0;

  function add(part: Buffer): void {
    bytes += part.length;
    if (bytes <= maxLineBytes) parts.push(part);
  }

  function take(): string | undefined {
    const isWhole = bytes <= maxLineBytes;
    const text = Buffer.concat(parts).toString();
    parts = [];
    bytes = 0;
    return isWhole ? text.replace(/\r$/, '') : undefined;
  }

  return { add, take };
}
