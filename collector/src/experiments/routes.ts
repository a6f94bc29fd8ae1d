import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Availability } from '../db/availability.js';
import { assignRoutes } from './assign-routes.js';
import { createAssigner } from './assigner.js';
import { type ConfigDeps, configRoutes } from './config-routes.js';
import { createConfigs } from './configs.js';
import { type ExposureDeps, exposureRoutes } from './exposure-routes.js';
import { type ManageDeps, manageRoutes } from './manage-routes.js';
import { type OfrepDeps, ofrepRoutes } from './ofrep-routes.js';

type Made = 'configs' | 'assigner';
export type ExperimentDeps = Omit<ManageDeps & ConfigDeps & ExposureDeps & OfrepDeps, Made> & {
  availability: Availability;
};

/** All routes of experiments, over one memory of definitions. */
export function experimentRoutes(deps: ExperimentDeps): Hono<{ Bindings: HttpBindings }> {
  const made = {
    ...deps,
    configs: createConfigs(deps),
    assigner: createAssigner(deps),
  };
  const routes = new Hono<{ Bindings: HttpBindings }>();
  routes.route('/', configRoutes(made));
  routes.route('/', assignRoutes(made));
  routes.route('/', exposureRoutes(made));
  routes.route('/', ofrepRoutes(made));
  routes.route('/', manageRoutes(made));
  return routes;
}
