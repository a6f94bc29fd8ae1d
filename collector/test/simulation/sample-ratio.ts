import { testSampleRatio, testSampleRatioSequentially } from '../../src/statistics/sample-ratio.js';
import { createRandom, type Random } from '../random.js';
import { binomialDraw } from './draws.js';

/** Units a day, in two arms that are to be equal; `share` is what the first arm really gets. */
export type Days = { perDay: readonly number[]; share: number };

export type Alarm = {
  /** Day of the first alarm, from 1; infinite without one. */
  sequential: number;
  /** The same for the chi-square test, looked at every day at the same level, which it is not made for. */
  daily: number;
};

const level = 0.01;
const weights = [0.5, 0.5];

/** When each test raises its alarm, in each of many repetitions. */
export function watchAllocation(
  { perDay, share }: Days,
  { runs, seed }: { runs: number; seed: number },
): Alarm[] {
  const random = createRandom(seed);
  const draws = perDay.map((units) => ({ units, draw: binomialDraw(units, share) }));
  return Array.from({ length: runs }, () => watchOnce(random, draws));
}

function watchOnce(random: Random, days: { units: number; draw: (random: Random) => number }[]): Alarm {
  const looks: number[][] = [];
  const alarm = { sequential: Number.POSITIVE_INFINITY, daily: Number.POSITIVE_INFINITY };
  let [first, second] = [0, 0];
  for (const [index, { units, draw }] of days.entries()) {
    const drawn = draw(random);
    first += drawn;
    second += units - drawn;
    looks.push([first, second]);
    if ((testSampleRatio({ counts: [first, second], weights })?.p ?? 1) <= level)
      alarm.daily = Math.min(alarm.daily, index + 1);
  }
  const firstAlarm = looks.findIndex((look) => testSampleRatioSequentially(weights, [look]) <= level);
  if (firstAlarm >= 0) alarm.sequential = firstAlarm + 1;
  return alarm;
}
