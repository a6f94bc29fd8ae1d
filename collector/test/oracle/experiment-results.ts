/**
 * The results of an experiment by plain code over all events, in memory: units one by one, every day from the start
 * anew, and Student's distribution by integration of its density.
 */

export type OracleEvent = {
  type: string;
  name?: string;
  /** Unix milliseconds. */
  at: number;
  path?: string;
  value?: number;
  currency?: string;
  props?: Record<string, unknown>;
};
export type OracleVisitor = { id: string; isBot: boolean; browser: string; events: OracleEvent[] };
export type OracleUnit = { visitor: OracleVisitor; variation: string; exposedAt: number };
export type OracleArm = { n: number; mean: number; variance: number };

/** Visitors who saw one variation of a phase before `until`, and how many saw several. */
export function findUnits(
  visitors: readonly OracleVisitor[],
  { experiment, phase, until }: { experiment: string; phase: number; until: number },
): { units: OracleUnit[]; several: number } {
  const units: OracleUnit[] = [];
  let several = 0;
  for (const visitor of visitors.filter(({ isBot }) => !isBot)) {
    const seen = visitor.events.filter(
      ({ type, at, props }) =>
        type === 'exposure' && at < until && props?.experiment === experiment && props.phase === phase,
    );
    const variations = new Set(seen.map(({ props }) => String(props?.variation)));
    const [variation] = variations;
    if (variations.size > 1) several++;
    if (variations.size === 1 && variation !== undefined)
      units.push({ visitor, variation, exposedAt: Math.min(...seen.map(({ at }) => at)) });
  }
  return { units, several };
}

/** Events of a unit from its exposure until a time. */
export function eventsAfter({ visitor, exposedAt }: OracleUnit, until: number): OracleEvent[] {
  return visitor.events.filter(({ at }) => at >= exposedAt && at < until);
}

export function armOf(values: readonly number[]): OracleArm {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n: values.length, mean, variance: squares / (values.length - 1) };
}

/** A ratio of sums, with the variance of its linearised units. */
export function ratioOf(pairs: readonly (readonly [number, number])[]): OracleArm {
  const top = pairs.reduce((sum, [y]) => sum + y, 0);
  const bottom = pairs.reduce((sum, [, x]) => sum + x, 0);
  const meanX = bottom / pairs.length;
  const linear = armOf(pairs.map(([y, x]) => (y - (top / bottom) * x) / meanX));
  return { ...linear, mean: top / bottom };
}

/** Values less what the unit's own past explains, θ from all units of both arms around the means of their arm. */
export function adjustArms(arms: readonly (readonly (readonly [number, number])[])[]): OracleArm[] {
  const centre = (values: readonly number[]) => {
    const { mean } = armOf(values);
    return values.map((value) => value - mean);
  };
  const y = arms.flatMap((pairs) => centre(pairs.map(([value]) => value)));
  const x = arms.flatMap((pairs) => centre(pairs.map(([, before]) => before)));
  const product = y.reduce((sum, value, index) => sum + value * (x[index] ?? 0), 0);
  const theta = product / x.reduce((sum, value) => sum + value * value, 0);
  const { mean } = armOf(arms.flat().map(([, before]) => before));
  return arms.map((pairs) => armOf(pairs.map(([value, before]) => value - theta * (before - mean))));
}

export function errorOf(control: OracleArm, treatment: OracleArm): number {
  return Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
}

/** Two-sided p of Welch's test, by Simpson's rule on the density over the tangent of the angle. */
export function welchP(control: OracleArm, treatment: OracleArm): number {
  const [one, other] = [control.variance / control.n, treatment.variance / treatment.n];
  const freedom = (one + other) ** 2 / (one ** 2 / (control.n - 1) + other ** 2 / (treatment.n - 1));
  const t = Math.abs(treatment.mean - control.mean) / Math.sqrt(one + other);
  // t = sqrt(df) tan(angle) makes the density cos(angle)^(df - 1), on an interval without an infinite end.
  const density = (angle: number) => Math.cos(angle) ** (freedom - 1);
  const whole = simpson(density, 0, Math.PI / 2);
  return simpson(density, Math.atan(t / Math.sqrt(freedom)), Math.PI / 2) / whole;
}

function simpson(density: (x: number) => number, from: number, to: number): number {
  const steps = 200_000;
  const width = (to - from) / steps;
  let sum = density(from) + density(to);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * density(from + step * width);
  return (sum * width) / 3;
}

/** p of one look, from the printed formula by bisection on the level at which the interval touches zero. */
export function sequentialP(
  control: OracleArm,
  treatment: OracleArm,
  { alpha, planned }: { alpha: number; planned: number },
) {
  const n = control.n + treatment.n;
  const r2 = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / planned;
  const reach = (logLevel: number) =>
    errorOf(control, treatment) *
    Math.sqrt(n) *
    Math.sqrt(((2 * (n * r2 + 1)) / (n * n * r2)) * (Math.log(Math.sqrt(n * r2 + 1)) - logLevel));
  const difference = Math.abs(treatment.mean - control.mean);
  if (reach(0) >= difference) return 1;
  let [low, high] = [-5_000, 0];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (reach(middle) > difference) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function localDay(at: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(at);
}

/** The nearest-rank quantile. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN;
}
