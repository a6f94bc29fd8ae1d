// A collector, an experiment and the shop, by one command.
import { startCollector, startExperiment } from '../start-collector.mjs';
import { createShop } from './app.mjs';
import { connect } from './footfall.mjs';

const collector = await startCollector(8789);
await startExperiment(collector, {
  key: 'price-label',
  hypothesis: 'Who sees what is saved buys more',
  unitType: 'user',
  variations: [{ key: 'control' }, { key: 'saving' }],
  metrics: [{ key: 'orders', role: 'primary', kind: 'proportion', event: { type: 'custom', name: 'order' } }],
});

const shop = createShop(connect({ ...collector, site: 'demo' }));
shop.listen(Number(process.env.SHOP_PORT ?? 3000), '127.0.0.1', () =>
  console.log(`shop       http://127.0.0.1:${shop.address().port}/`),
);
await collector.ended;
shop.close();
shop.closeAllConnections();
