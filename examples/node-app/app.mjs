import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const experiment = 'price-label';
const labels = { control: 'Buy for 12 EUR', saving: 'Buy for 12 EUR, save 3' };

/** A shop of one page, which is rendered on the server and signs everybody in by a cookie. */
export function createShop(footfall) {
  return createServer(async (request, response) => {
    try {
      const user = userOf(request);
      if (request.method === 'POST' && request.url === '/buy') await buy(user, response);
      else if (request.url === '/') await showShop(user, response);
      else response.writeHead(404).end();
    } catch (error) {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  });

  async function showShop(user, response) {
    const assignment = await footfall.assign(experiment, user);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'set-cookie': `user=${user}; HttpOnly; SameSite=Lax; Path=/`,
    });
    response.end(`<!doctype html><html lang="en"><title>Paper shop</title>
      <h1>A box of paper</h1>
      <form method="post" action="/buy"><button data-variation="${assignment.variation}">${labels[assignment.variation]}</button></form>`);
    // After the answer: whoever reads the page does not wait for it.
    await footfall.expose(assignment);
  }

  async function buy(user, response) {
    await footfall.track(user, { id: newId(), name: 'order', value: 12, currency: 'EUR' });
    response.writeHead(303, { location: '/' }).end();
  }
}

function userOf({ headers }) {
  return /(?:^|; )user=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? randomUUID();
}

// A UUIDv7 (RFC 9562): the time in milliseconds, and chance.
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
