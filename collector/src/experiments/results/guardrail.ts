import type { Comparison } from '@footfall/schema';
import type { Interval } from '../../statistics/arm.js';

/**
 * Whether a guardrail holds: harmed where the whole interval lies on the wrong side of zero; safe where the worst end is
 * less harm than the margin (non-inferiority); unclear otherwise.
 *
 * @param interval of the absolute difference
 */
export function judgeGuardrail(
  interval: Interval,
  { control, goal, margin }: { control: number; goal: 'increase' | 'decrease'; margin: number },
): Comparison['guardrail'] {
  const [best, worst] = goal === 'increase' ? [interval.high, interval.low] : [-interval.low, -interval.high];
  const tolerated = -margin * Math.abs(control);
  return { margin, verdict: best < 0 ? 'harmed' : worst > tolerated ? 'safe' : 'unclear' };
}
