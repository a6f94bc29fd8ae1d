import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { auditRoutes } from './audit-routes.js';
import { botRoutes } from './bot-routes.js';
import { type KeyDeps, keyRoutes } from './key-routes.js';
import { type LetterDeps, letterRoutes } from './letter-routes.js';
import { type SiteDeps, siteRoutes } from './site-routes.js';

export type AdministrationRoutesDeps = SiteDeps & KeyDeps & LetterDeps;

/** Sites, keys, the audit log, the dead letter and the reasons for bots under `/api/v1`. */
export function administrationRoutes(deps: AdministrationRoutesDeps): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>();
  routes.route('/', siteRoutes(deps));
  routes.route('/', keyRoutes(deps));
  routes.route('/', auditRoutes(deps));
  routes.route('/', letterRoutes(deps));
  routes.route('/', botRoutes(deps));
  return routes;
}
