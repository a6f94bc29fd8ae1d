import { expect, test } from 'vitest';
import { createProgress } from '../../../src/imports/progress.js';
import { createTally } from '../../../src/imports/tally.js';

test('a file gets a line a second, a terminal one line that is written over and taken away', () => {
  let now = 0;
  const logged: string[] = [];
  const written: string[] = [];
  const log = (line: string) => logged.push(line);
  const toFile = createProgress({ now: () => now, log, terminal: undefined });
  const toTerminal = createProgress({
    now: () => now,
    log,
    terminal: { write: (text) => written.push(text) },
  });
  const tally = { ...createTally(), pageviews: 300 };
  for (now = 0; now <= 2_500; now += 100) {
    tally.lines += 100;
    toFile.show(tally);
    toTerminal.show(tally);
  }
  toFile.end();
  toTerminal.end();
  const shown = ['1,100 lines, 300 page views, 1,100 lines/s', '2,100 lines, 300 page views, 1,050 lines/s'];
  expect(logged).toEqual(shown);
  expect(written).toEqual([...shown.map((line) => `\r${line}\x1b[K`), '\r\x1b[K']);
});
