import { expect, test } from 'vitest';
import { judgeGuardrail } from '../../../src/experiments/results/guardrail.js';

const control = 20;

test.each([
  { goal: 'increase', low: -3, high: -0.5, verdict: 'harmed' },
  { goal: 'increase', low: -0.9, high: 0.4, verdict: 'safe' },
  { goal: 'increase', low: -1.1, high: 0.4, verdict: 'unclear' },
  { goal: 'increase', low: 0.1, high: 3, verdict: 'safe' },
  { goal: 'decrease', low: 0.5, high: 3, verdict: 'harmed' },
  { goal: 'decrease', low: -0.4, high: 0.9, verdict: 'safe' },
  { goal: 'decrease', low: -0.4, high: 1.1, verdict: 'unclear' },
] as const)('$goal is wanted: $low to $high is $verdict', ({ goal, low, high, verdict }) => {
  const judged = judgeGuardrail({ low, high }, { control, goal, margin: 0.05 });
  expect(judged).toEqual({ margin: 0.05, verdict });
});

test('the margin is a share of the size of the control, also below zero', () => {
  const question = { control: -20, goal: 'increase', margin: 0.05 } as const;
  expect(judgeGuardrail({ low: -0.9, high: 0.4 }, question)?.verdict).toBe('safe');
  expect(judgeGuardrail({ low: -1.1, high: 0.4 }, question)?.verdict).toBe('unclear');
});
