/** The ceiling of one event a request: hono reads and parses the same body and answers. Prints its port. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.post('/v1/events', async (c) => {
  const { events } = JSON.parse(await c.req.text());
  return c.json({ accepted: events.length, duplicate: 0, rejected: [], serverTime: Date.now() });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port));
