// A collector, two experiments and the page on another origin, by one command.
import { startCollector, startExperiment } from '../start-collector.mjs';
import { createPage } from './server.mjs';

const collector = await startCollector(8790);
const shared = { unitType: 'user', condition: { country: 'DE' } };
await startExperiment(collector, {
  ...shared,
  key: 'banner',
  variations: [
    { key: 'control', value: 'Welcome to the paper shop' },
    { key: 'free', value: 'Free delivery today' },
  ],
});
await startExperiment(collector, {
  ...shared,
  key: 'delivery-days',
  variations: [
    { key: 'control', value: 3 },
    { key: 'fast', value: 1 },
  ],
  metrics: [{ key: 'orders', role: 'primary', kind: 'proportion', event: { type: 'custom', name: 'order' } }],
});

const page = await createPage(collector);
page.listen(Number(process.env.PAGE_PORT ?? 3001), '127.0.0.1', () =>
  console.log(`page       http://127.0.0.1:${page.address().port}/?user=ada`),
);
await collector.ended;
page.close();
page.closeAllConnections();
