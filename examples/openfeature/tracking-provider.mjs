import { randomUUID } from 'node:crypto';
import { OFREPProvider } from '@openfeature/ofrep-provider';

/** The provider from npm, and what the protocol leaves out: `client.track()` becomes an event of the user. */
export class TrackingProvider extends OFREPProvider {
  #target;

  constructor({ origin, key, site }) {
    const headers = [
      ['authorization', `Bearer ${key}`],
      ['x-footfall-site', site],
    ];
    super({ baseUrl: origin, headers });
    this.#target = { url: `${origin}/v1/events?site=${site}`, key };
  }

  track(name, { targetingKey }, { value, currency }) {
    const ts = Date.now();
    const event = { id: newId(ts), type: 'custom', ts, name, value, currency };
    void this.#send({ visitor: { userId: targetingKey }, events: [event] });
  }

  async #send(batch) {
    const headers = { authorization: `Bearer ${this.#target.key}`, 'content-type': 'application/json' };
    const response = await fetch(this.#target.url, { method: 'POST', headers, body: JSON.stringify(batch) });
    if (!response.ok) console.error(`track: ${response.status} ${await response.text()}`);
  }
}

// A UUIDv7 (RFC 9562): the time in milliseconds, and chance.
function newId(unixMs) {
  const time = unixMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
