import { type Arm, meanArm } from '../../src/statistics/arm.js';
import { adjustByPrePeriod } from '../../src/statistics/cuped.js';
import type { PairedSums } from '../../src/statistics/paired-sums.js';
import { ratioArm } from '../../src/statistics/ratio.js';
import type { Random } from '../random.js';
import { binomialDraw, drawLogNormal, drawNormals } from './draws.js';

/** Adds what one look brings to the sums of an arm. A lift multiplies the mean of the arm that is given one. */
export type Arrivals = (random: Random, sums: PairedSums, lift: number) => void;

export type Population = {
  /** A new experiment's arrivals of one arm. */
  start(): Arrivals;
  estimate(sums: readonly PairedSums[]): (Arm | undefined)[];
};

const estimateMeans: Population['estimate'] = (arms) =>
  arms.map(({ n, y, yy }) => meanArm({ n, sum: y, sumSquares: yy }));

/** Units that convert or do not; `perLook` of them an arm and look. */
export function conversions(rate: number, perLook: number): Population {
  const draws = new Map<number, (random: Random) => number>();
  const drawAt = (lift: number) => {
    const draw = draws.get(lift) ?? binomialDraw(perLook, rate * (1 + lift));
    draws.set(lift, draw);
    return draw;
  };
  const arrive: Arrivals = (random, sums, lift) => {
    const converted = drawAt(lift)(random);
    sums.n += perLook;
    sums.y += converted;
    sums.yy += converted;
  };
  return { start: () => arrive, estimate: estimateMeans };
}

/** One unit in twenty buys, for an amount whose logarithm is normal: a few orders make most of the revenue. */
export function revenue(deviation: number, perLook: number): Population {
  const buyers = binomialDraw(perLook, 0.05);
  const arrive: Arrivals = (random, sums, lift) => {
    sums.n += perLook;
    for (let left = buyers(random); left > 0; left--)
      addValue(sums, drawLogNormal(random, deviation) * (1 + lift));
  };
  return { start: () => arrive, estimate: estimateMeans };
}

/** Units come back and buy again up to twenty looks later: what is known of a unit grows after it was first counted. */
export function growingRevenue(perLook: number): Population {
  function start(): Arrivals {
    const later: number[][] = [];
    let look = 0;
    return (random, sums, lift) => {
      sums.n += perLook;
      for (const first of later[look] ?? []) addTo(sums, first, drawLogNormal(random, 1) * (1 + lift));
      for (let unit = 0; unit < perLook; unit++) {
        if (!random.chance(0.2)) continue;
        const first = drawLogNormal(random, 1) * (1 + lift);
        addValue(sums, first);
        if (random.chance(0.5)) pushAt(later, look + 1 + random.below(20), first);
      }
      look++;
    };
  }
  return { start, estimate: estimateMeans };
}

/** Skewed spending that follows from the spending before the experiment: what CUPED is for. */
export function withPrePeriod(perLook: number): Population {
  const arrive: Arrivals = (random, sums, lift) => {
    for (let unit = 0; unit < perLook; unit++) {
      const [habit, chance] = drawNormals(random);
      const before = Math.exp(habit);
      addPair(sums, (0.8 * before + Math.exp(chance)) * (1 + lift), before);
    }
  };
  return { start: () => arrive, estimate: (sums) => adjustByPrePeriod(sums)?.arms ?? [] };
}

/** Clicks per pageview: units differ in how many pages they see and in how often they click. */
export function clickRatio(perLook: number): Population {
  const arrive: Arrivals = (random, sums, lift) => {
    for (let unit = 0; unit < perLook; unit++) {
      const pages = 1 + Math.floor(-4 * Math.log(random.uniform()));
      const rate = 0.5 * random.uniform() ** 2 * (1 + lift);
      let clicks = 0;
      for (let page = 0; page < pages; page++) if (random.chance(rate)) clicks++;
      addPair(sums, clicks, pages);
    }
  };
  return { start: () => arrive, estimate: (sums) => sums.map(ratioArm) };
}

/** Values of a bell curve, far from zero: the textbook case. */
export function bellCurve(perLook: number): Population {
  const arrive: Arrivals = (random, sums, lift) => {
    sums.n += perLook;
    for (let unit = 0; unit < perLook; unit++) addValue(sums, (10 + drawNormals(random)[0]) * (1 + lift));
  };
  return { start: () => arrive, estimate: estimateMeans };
}

function addValue(sums: PairedSums, value: number): void {
  sums.y += value;
  sums.yy += value * value;
}

function addTo(sums: PairedSums, before: number, value: number): void {
  sums.y += value;
  sums.yy += (before + value) ** 2 - before ** 2;
}

function addPair(sums: PairedSums, y: number, x: number): void {
  sums.n++;
  addValue(sums, y);
  sums.x += x;
  sums.xx += x * x;
  sums.xy += x * y;
}

function pushAt(lists: number[][], index: number, value: number): void {
  const list = lists[index] ?? [];
  list.push(value);
  lists[index] = list;
}
