import { metricsSchema } from '@footfall/schema';
import { expect, test } from 'vitest';

const event = { type: 'custom', name: 'signup' };
const signup = { key: 'signup', kind: 'proportion', event };

test.each([
  { metrics: [{ ...signup, kind: 'median' }], path: '0.kind' },
  { metrics: [{ ...signup, event: { type: 'purchase' } }], path: '0.event.type' },
  { metrics: [{ ...signup, winsorize: 0.9 }], path: '0' },
  { metrics: [{ ...signup, kind: 'ratio' }], path: '0.denominator' },
  {
    metrics: [{ ...signup, kind: 'retention', retention: { fromDay: 3, toDay: 1 } }],
    path: '0.retention.toDay',
  },
  { metrics: [{ ...signup, kind: 'revenue', currency: 'euro' }], path: '0.currency' },
  { metrics: [{ ...signup, kind: 'quantile', quantile: 1 }], path: '0.quantile' },
  { metrics: [signup, signup], path: '1.key' },
])('a metric that cannot be computed is refused at $path', ({ metrics, path }) => {
  const parsed = metricsSchema.safeParse(metrics);
  expect(parsed.error?.issues[0]?.path.join('.')).toBe(path);
});

test('what is left out has its default', () => {
  expect(metricsSchema.parse([signup])[0]).toEqual({
    ...signup,
    role: 'secondary',
    goal: 'increase',
    minimumEffect: 0.05,
    margin: 0.05,
  });
});
