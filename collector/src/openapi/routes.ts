import { Hono } from 'hono';
import { openApi } from './document.js';

/** `GET /openapi.json`: the description of all routes. */
export function openApiRoutes(): Hono {
  const routes = new Hono();
  routes.get('/openapi.json', (c) => c.json(openApi()));
  return routes;
}
