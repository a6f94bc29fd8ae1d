import { expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';

async function plan(...args: string[]) {
  const { code, stdout, stderr } = await runFootfall(['experiment', 'plan', ...args]).finished;
  return { code, stdout, stderr };
}

// 2 (1.959964 + 0.841621)² 0.1 · 0.9 / 0.01² = 14,127.98 a variation; the sequential test
// has 3.035209 in place of 1.959964: 27,053.66.
test('a plan tells units and days, for one look and for any number', async () => {
  const { code, stdout } = await plan(
    '--rate',
    '0.1',
    '--lift',
    '0.1',
    '--per-day',
    '1000',
    '--variations',
    '3',
  );
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'looked at once, at the end: 42384 units (14128 a variation), 43 days\n' +
      'looked at any time: at most 81162 units (27054 a variation), 82 days; --planned-units 54108\n',
  });
});

test('a mean with its deviation does as well', async () => {
  const { stdout } = await plan('--mean', '20', '--deviation', '40', '--lift', '0.05', '--json');
  expect(JSON.parse(stdout).fixed).toEqual({ units: 50_234, unitsPerVariation: 25_117 });
});

test.each([
  [['--lift', '0.1'], '--rate: expected either a rate, or a mean with its deviation'],
  [['--rate', '0.1'], '--lift: expected a number above 0'],
  [['--rate', '2', '--lift', '0.1'], '--rate: expected less than 1'],
  [['--rate', '0.1', '--lift', '0.1', '--per-day', 'x'], '--per-day: expected a number above 0'],
])('%j is answered with %s', async (args, message) => {
  const { code, stderr } = await plan(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
