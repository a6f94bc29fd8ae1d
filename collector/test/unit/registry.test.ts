import { expect, test } from 'vitest';
import { createRegistry } from '../../src/metrics/registry.js';

test('counters, histograms and gauges are written as Prometheus reads them', async () => {
  const registry = createRegistry();
  const events = registry.counter('events_total', 'Events');
  const seconds = registry.histogram('seconds', 'Time', [0.1, 1]);
  registry.gauge('up', 'Up', () => 1);
  registry.gauge('unknown', 'Not known now', async () => undefined);
  registry.gauge('free', 'Free', () => [{ labels: { volume: 'a' }, value: 2 }]);
  events.add({ outcome: 'stored', reason: '' }, 2);
  events.add({ outcome: 'stored', reason: '' });
  events.add({ outcome: 'stored', reason: '' }, 0);
  for (const value of [0.05, 0.5, 5]) seconds.observe(value);
  expect(await registry.text()).toBe(`# HELP events_total Events
# TYPE events_total counter
events_total{outcome="stored",reason=""} 3
# HELP seconds Time
# TYPE seconds histogram
seconds_bucket{le="0.1"} 1
seconds_bucket{le="1"} 2
seconds_bucket{le="+Inf"} 3
seconds_sum 5.55
seconds_count 3
# HELP up Up
# TYPE up gauge
up 1
# HELP unknown Not known now
# TYPE unknown gauge
# HELP free Free
# TYPE free gauge
free{volume="a"} 2
`);
});
