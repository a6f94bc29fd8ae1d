// A collector, an experiment and the shop, by one command. Ctrl-C stops all of it.
import { randomBytes } from 'node:crypto';
import { createShop } from './app.mjs';
import { connect } from './footfall.mjs';

process.env.PORT ??= '8789';
process.env.FOOTFALL_ADMIN_KEY ??= `ff_owner_${randomBytes(32).toString('hex')}`;
process.argv.splice(2, process.argv.length, 'start');

// It ends with the signal, so it is not waited for.
const collector = import('@footfall/collector/bin/footfall.js');
const origin = `http://127.0.0.1:${process.env.PORT}`;
await untilReady();

const footfall = connect({ origin, key: process.env.FOOTFALL_ADMIN_KEY, site: 'demo' });
await prepareExperiment();

const shop = createShop(footfall);
shop.listen(Number(process.env.SHOP_PORT ?? 3000), '127.0.0.1', () =>
  console.log(`shop       http://127.0.0.1:${shop.address().port}/`),
);
await collector;
shop.close();
shop.closeAllConnections();

async function untilReady() {
  for (;;) {
    const isReady = await fetch(`${origin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// Once: a second start finds it running.
async function prepareExperiment() {
  const key = 'price-label';
  const order = { type: 'custom', name: 'order' };
  const definition = {
    site: 'demo',
    key,
    hypothesis: 'Who sees what is saved buys more',
    unitType: 'user',
    variations: [{ key: 'control' }, { key: 'saving' }],
    metrics: [{ key: 'orders', role: 'primary', kind: 'proportion', event: order }],
  };
  try {
    await footfall.post('/api/v1/experiments', definition);
    await footfall.post(`/api/v1/experiments/${key}/start?site=demo`, {});
  } catch (error) {
    if (!/: 409 /.test(error.message)) throw error;
  }
}
