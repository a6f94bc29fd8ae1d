// A collector, two experiments and the page on another origin, by one command. Ctrl-C stops all of it.
import { randomBytes } from 'node:crypto';
import { createPage } from './server.mjs';

process.env.PORT ??= '8790';
process.env.FOOTFALL_ADMIN_KEY ??= `ff_owner_${randomBytes(32).toString('hex')}`;
process.argv.splice(2, process.argv.length, 'start');

// It ends with the signal, so it is not waited for.
const collector = import('@footfall/collector/bin/footfall.js');
const key = process.env.FOOTFALL_ADMIN_KEY;
const origin = `http://127.0.0.1:${process.env.PORT}`;
await untilReady();
await prepareExperiment({
  key: 'banner',
  unitType: 'user',
  condition: { country: 'DE' },
  variations: [
    { key: 'control', value: 'Welcome to the paper shop' },
    { key: 'free', value: 'Free delivery today' },
  ],
});
await prepareExperiment({
  key: 'delivery-days',
  unitType: 'user',
  condition: { country: 'DE' },
  variations: [
    { key: 'control', value: 3 },
    { key: 'fast', value: 1 },
  ],
});

const page = await createPage({ origin, key });
page.listen(Number(process.env.PAGE_PORT ?? 3001), '127.0.0.1', () =>
  console.log(`page       http://127.0.0.1:${page.address().port}/?user=ada`),
);
await collector;
page.close();
page.closeAllConnections();

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
async function prepareExperiment(definition) {
  const statuses = [
    await post('/api/v1/experiments', { site: 'demo', ...definition }),
    await post(`/api/v1/experiments/${definition.key}/start?site=demo`, {}),
  ];
  if (statuses.some((status) => status >= 400 && status !== 409))
    throw new Error(`${definition.key}: ${statuses}`);
}

async function post(path, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return (await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}
