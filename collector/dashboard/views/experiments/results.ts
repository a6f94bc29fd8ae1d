import { locale } from '../../format/locale.js';
import { formatFull, formatNumber } from '../../format/numbers.js';

type Interval = { low: number; high: number };

/** A plan for the metric: how much it can find out, and when. */
export type Plan = {
  power: number;
  minimumDetectableEffect: number | null;
  unitsNeeded: number | null;
  daysToGo: number | null;
};

/** A variation against the control, in the unit of the metric. */
export type Comparison = {
  variation: string;
  status: 'ok';
  fixed: { difference: number; interval: Interval; p: number; isSignificant: boolean };
  correctedP: number;
  lift: {
    lift: number | null;
    set: { shape: 'inside'; low: number; high: number } | { shape: 'outside' | 'all' };
  };
  sequential: {
    p: number;
    interval: Interval | null;
    latest: Interval;
    looks: number;
    isSignificant: boolean;
  } | null;
  bayesian: { note: string; chanceToWin: number; risk: { treatment: number } } | null;
  cuped: {
    varianceReduction: number;
    fixed: Comparison['fixed'];
    lift: Comparison['lift'];
    sequential: Comparison['sequential'];
  } | null;
  power: { minimumEffect: number; fixed: Plan; sequential: Plan | null } | null;
  guardrail: { margin: number; verdict: 'harmed' | 'safe' | 'unclear' } | null;
};

export type NotEnough = { variation: string; status: 'not enough data'; reason: string };
export type Arm = { variation: string; units: number; mean: number | null };

/** A variation of one segment: one look, its p corrected for all segments. */
export type SegmentComparison = Pick<Comparison, 'variation' | 'status' | 'fixed' | 'correctedP' | 'lift'>;

export type Breakdown = {
  dimension: string;
  segments: {
    value: string | null;
    /** How many values are in it, where it holds the rest. */
    merged?: number;
    variations: Arm[];
    comparisons: (SegmentComparison | NotEnough)[];
  }[];
  postStratified: Pick<Comparison, 'variation' | 'fixed' | 'lift'>[];
};

export type MetricResult = {
  key: string;
  name: string;
  kind: string;
  role: string;
  goal: string;
  variations: Arm[];
  comparisons: (Comparison | NotEnough)[];
  notes: string[];
  breakdown: Breakdown | null;
};

/** `GET /api/v1/experiments/{key}/results`, as far as it is shown. */
export type Results = {
  experiment: string;
  phase: number;
  status: string;
  unitType: string;
  startedAt: string;
  until: string;
  confidenceLevel: number;
  units: {
    analysed: number;
    multipleExposures: number;
    unknownVariations: number;
    variations: { variation: string; weight: number; units: number }[];
  };
  sampleRatio: { sequentialP: number; isMismatch: boolean };
  metrics: MetricResult[];
};

/** An experiment as it is listed. */
export type Experiment = {
  key: string;
  name: string;
  hypothesis: string | null;
  status: string;
  winner: string | null;
  startedAt: string | null;
  stoppedAt: string | null;
  phase: number;
  phases: { phase: number; coverage: number; variations: { key: string }[] }[];
};

// Probabilities and means of rare events are far below the two decimals of other numbers.
function formatDigits(value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: digits }).format(value);
}

/** A probability in a sentence. */
export function writeProbability(p: number): string {
  return p < 0.0001 ? '< 0.0001' : formatDigits(p, 2);
}

/** The interval that holds however often one looks; that of one look where there is none. */
export function safeInterval({ sequential, fixed }: Comparison): Interval {
  return sequential ? (sequential.interval ?? sequential.latest) : fixed.interval;
}

/** Whether the answer is one at any look (true), or at the planned end alone. */
export function isSignificant({ sequential, fixed }: Comparison): boolean {
  return sequential ? sequential.isSignificant : fixed.isSignificant;
}

const shares = ['proportion', 'retention'];

type Kind = Pick<MetricResult, 'kind'>;

/** A value of the metric: a share as percent, else a number. */
export function writeValue(value: number | null, { kind }: Kind): string {
  if (value === null) return '–';
  return shares.includes(kind) ? formatFull(100 * value, 'percent') : formatDigits(value, 4);
}

/** A difference of the metric with its sign: of shares in percentage points. */
export function writeSigned(value: number, { kind }: Kind): string {
  const sign = value > 0 ? '+' : '';
  if (shares.includes(kind)) return `${sign}${formatNumber(Number((100 * value).toFixed(2)))} pt`;
  return sign + formatDigits(value + 0, 3);
}

export function writeInterval({ low, high }: Interval, metric: Kind): string {
  return `${writeSigned(low, metric)} to ${writeSigned(high, metric)}`;
}

/** The relative change against the control. */
export function writeLift({ lift: { lift } }: Pick<Comparison, 'lift'>): string {
  if (lift === null) return 'No lift: the control is zero';
  return `${lift > 0 ? '+' : ''}${formatFull(100 * lift, 'percent')}`;
}
