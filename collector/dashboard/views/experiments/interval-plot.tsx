import { type Comparison, safeInterval } from './results.js';

const width = 300;
const height = 34;
const margin = 12;

/** The ends of the axis that holds all intervals of a metric and zero, the same distance on both sides. */
export function reachOf(comparisons: readonly Comparison[]): number {
  const ends = comparisons.flatMap((one) => {
    const [safe, { interval }] = [safeInterval(one), one.fixed];
    return [safe.low, safe.high, interval.low, interval.high].map(Math.abs);
  });
  return Math.max(...ends.filter(Number.isFinite), Number.MIN_VALUE);
}

type Props = {
  comparison: Comparison;
  reach: number;
  /** In words, for who does not see it. */
  title: string;
  /** Which side is wanted: +1 right, -1 left of zero. */
  wanted: 1 | -1;
};

/** The difference to the control: thick for one look at the end, thin for any look; zero is the line in the middle. */
export function IntervalPlot({ comparison, reach, title, wanted }: Props) {
  const { fixed } = comparison;
  const safe = safeInterval(comparison);
  const x = (value: number) => {
    const inside = Math.min(1, Math.max(-1, value / reach));
    return width / 2 + inside * (width / 2 - margin);
  };
  return (
    <svg
      class={`interval ${verdictOf(safe, wanted)}`}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={title}
    >
      <line class="interval-zero" x1={x(0)} x2={x(0)} y1="0" y2={height} />
      <line class="interval-safe" x1={x(safe.low)} x2={x(safe.high)} y1={height / 2} y2={height / 2} />
      {[safe.low, safe.high].map((end, at) => (
        <line
          key={at}
          class="interval-safe"
          x1={x(end)}
          x2={x(end)}
          y1={height / 2 - 5}
          y2={height / 2 + 5}
        />
      ))}
      <line
        class="interval-fixed"
        x1={x(fixed.interval.low)}
        x2={x(fixed.interval.high)}
        y1={height / 2}
        y2={height / 2}
      />
      <circle class="interval-point" cx={x(fixed.difference)} cy={height / 2} r="4.5" />
    </svg>
  );
}

function verdictOf({ low, high }: { low: number; high: number }, wanted: 1 | -1): string {
  if (low <= 0 && high >= 0) return '';
  return Math.sign(low) === wanted ? 'is-good' : 'is-bad';
}
