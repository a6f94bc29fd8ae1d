import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { OpenFeature } from '@openfeature/server-sdk';
import { TrackingProvider } from './tracking-provider.mjs';

const dist = new URL('dist/', import.meta.url);
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', json: 'application/json' };

/** The page on another origin than the collector; `/delivery`, which asks for a flag on the server; and `/order`. */
export async function createPage({ origin, key }) {
  await OpenFeature.setProviderAndWait(new TrackingProvider({ origin, key, site: 'demo' }));
  const client = OpenFeature.getClient();
  client.addHooks(exposureHook({ origin, key }));

  return createServer(async ({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname === '/config.json') return send(response, 'json', JSON.stringify({ origin }));
    if (pathname === '/delivery') {
      const context = {
        targetingKey: searchParams.get('user') ?? '',
        country: searchParams.get('country') ?? 'DE',
      };
      const details = await client.getNumberDetails('delivery-days', 3, context);
      return send(response, 'json', JSON.stringify(details));
    }
    if (pathname === '/order') {
      client.track('order', { targetingKey: searchParams.get('user') ?? '' }, { value: 12, currency: 'EUR' });
      return response.writeHead(202).end();
    }
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    const file = await readFile(new URL(name, dist)).catch(() => null);
    return file ? send(response, name.split('.').at(-1), file) : response.writeHead(404).end();
  });
}

function send(response, type, body) {
  response.writeHead(200, { 'content-type': types[type] ?? 'application/octet-stream' }).end(body);
}

/** An evaluation is no exposure: this hook makes one of it, where the app shows what it asked for. */
function exposureHook({ origin, key }) {
  return {
    async after(_, { reason, flagMetadata }) {
      if (reason !== 'SPLIT') return;
      const { experimentKey, unitType, assignmentId } = flagMetadata;
      const unitId = assignmentId.split(':').slice(2).join(':');
      const exposures = [{ experiment: experimentKey, unitType, unitId }];
      const response = await fetch(`${origin}/v1/exposures`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ site: 'demo', exposures }),
      });
      if (!response.ok) console.error(`exposures: ${response.status} ${await response.text()}`);
    },
  };
}
