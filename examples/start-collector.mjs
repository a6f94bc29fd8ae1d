// What the examples begin with: a collector in this process, and an experiment in it. Ctrl-C stops all of it.
import { randomBytes } from 'node:crypto';

/** Starts a collector at a port. `ended` resolves when the process is asked to stop, which is why nothing waits for it here. */
export async function startCollector(port) {
  process.env.PORT ??= String(port);
  process.env.FOOTFALL_ADMIN_KEY ??= `ff_owner_${randomBytes(32).toString('hex')}`;
  process.argv.splice(2, process.argv.length, 'start');
  const ended = import('@footfall/collector/bin/footfall.js');
  const origin = `http://127.0.0.1:${process.env.PORT}`;
  while (!(await isReady(origin))) await new Promise((resolve) => setTimeout(resolve, 200));
  return { origin, key: process.env.FOOTFALL_ADMIN_KEY, ended };
}

async function isReady(origin) {
  const response = await fetch(`${origin}/readyz`).catch(() => undefined);
  return response?.ok ?? false;
}

/** Creates an experiment of the demo site and starts it. Once: a second start finds it running. */
export async function startExperiment({ origin, key }, definition) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  for (const [path, body] of [
    ['', { site: 'demo', ...definition }],
    [`/${definition.key}/start?site=demo`, {}],
  ]) {
    const options = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${origin}/api/v1/experiments${path}`, options);
    if (!response.ok && response.status !== 409)
      throw new Error(`${definition.key}: ${response.status} ${await response.text()}`);
  }
}
