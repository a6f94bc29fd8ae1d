import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { admitSessions } from './access/admit-sessions.js';
import { findClientAddress } from './access/client-address.js';
import { type AdministrationRoutesDeps, administrationRoutes } from './administration/routes.js';
import { type AlertDeps, alertRoutes } from './alerts/routes.js';
import { dashboardRoutes } from './dashboard/routes.js';
import { classifyFailure } from './db/failure.js';
import { demoRoutes } from './demo-site.js';
import { errorRoutes } from './errors/routes.js';
import { type ResultsDeps, resultsRoutes } from './experiments/results/routes.js';
import { type ExperimentDeps, experimentRoutes } from './experiments/routes.js';
import { type HealthDeps, healthRoutes } from './health.js';
import { type IngestDeps, ingestRoutes } from './ingest/routes.js';
import { mailReportRoutes } from './mail-reports/routes.js';
import { refuseUnknownParameters } from './openapi/refuse-unknown-parameters.js';
import { openApiRoutes } from './openapi/routes.js';
import { meRoutes } from './people/me-routes.js';
import type { OidcSettings } from './people/oidc-provider.js';
import { oidcRoutes } from './people/oidc-routes.js';
import { signInRoutes } from './people/sign-in-routes.js';
import { userRoutes } from './people/user-routes.js';
import { type PrivacyDeps, privacyRoutes } from './privacy/routes.js';
import { limitReaders } from './query/limit-readers.js';
import { type QueryDeps, queryRoutes } from './query/query-routes.js';
import { type OverviewDeps, overviewRoutes } from './query/routes.js';
import { realtimeRoutes } from './realtime/routes.js';
import { errorBody, Refusal } from './refusal.js';
import { sessionListRoutes } from './reports/list-sessions.js';
import { reportRoutes } from './reports/routes.js';
import { timelineRoutes } from './reports/timeline.js';
import { retentionRoutes } from './retention/routes.js';
import { savedRoutes } from './saved/routes.js';
import { shareRoutes } from './saved/share-routes.js';
import { sdkRoutes } from './sdk-script.js';
import { sourceMapRoutes } from './source-maps/routes.js';

export type AppDeps = IngestDeps &
  OverviewDeps &
  ResultsDeps &
  ExperimentDeps &
  QueryDeps &
  PrivacyDeps &
  AdministrationRoutesDeps &
  AlertDeps &
  HealthDeps & {
    publicUrl?: string | undefined;
    /** With it there is a public URL too. */
    oidc?: OidcSettings | undefined;
    demoDir: string | undefined;
    log: (line: string) => void;
  };

export type App = Hono<{ Bindings: HttpBindings }>;

/** The collector's routes and the one place where errors become answers. */
export function createApp(deps: AppDeps): App {
  const app: App = new Hono();
  app.route('/', healthRoutes(deps));
  app.use(refuseWhileStopping(deps.stopping));
  app.use('/api/*', keepPrivate);
  app.use('/api/*', limitApi(deps));
  app.use('/api/*', refuseNul);
  app.use('/api/v1/*', refuseUnknownParameters);
  app.use('/login/*', limitApi(deps));
  app.use('/api/*', admitSessions(deps));
  app.route('/', ingestRoutes(deps));
  app.route('/', experimentRoutes(deps));
  const readers = { ...deps, database: limitReaders(deps.database, deps.committer) };
  app.route('/', overviewRoutes(readers));
  app.route('/', resultsRoutes(readers));
  app.route('/', queryRoutes(readers));
  app.route('/', reportRoutes(readers));
  app.route('/', errorRoutes(readers));
  app.route('/', sessionListRoutes(readers));
  app.route('/', timelineRoutes(readers));
  app.route('/', realtimeRoutes(readers));
  app.route('/', savedRoutes(deps));
  app.route('/', shareRoutes(deps));
  app.route('/', sourceMapRoutes(deps));
  app.route('/', alertRoutes(deps));
  app.route('/', mailReportRoutes(deps));
  app.route('/', privacyRoutes(deps));
  app.route('/', retentionRoutes(deps));
  app.route('/', administrationRoutes(deps));
  app.route('/', openApiRoutes());
  app.route('/', signInRoutes(deps));
  app.route('/', oidcRoutes(deps));
  app.route('/', meRoutes(deps));
  app.route('/', userRoutes(deps));
  app.route('/', sdkRoutes());
  app.route('/', dashboardRoutes());
  if (deps.demoDir !== undefined) app.route('/', demoRoutes(deps.demoDir));
  app.notFound((c) => answerNoRoute(app, c));
  app.onError((error, c) => answerError(error, c, deps));
  return app;
}

// New requests on connections that were open before: another collector, or the next start, takes them.
function refuseWhileStopping(stopping: AbortSignal): MiddlewareHandler {
  return async function refuse(_, next) {
    if (!stopping.aborted) return next();
    throw new Refusal(503, 'stopping', 'the collector is stopping', { retryAfterSeconds: 2 });
  };
}

// PostgreSQL holds no NUL, so that nothing has such a name: said once, and not by each route that looks for one.
const refuseNul: MiddlewareHandler = async function refuse(c, next) {
  if (!c.req.url.includes('%00')) return next();
  throw new Refusal(400, 'bad_text', 'url: expected text without a NUL character (%00)', { path: 'url' });
};

function limitApi(deps: AppDeps): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async function limit(c, next) {
    const { socket } = c.env.incoming;
    deps.limits.takeApiRequest(findClientAddress(socket.remoteAddress, (name) => c.req.header(name), deps));
    return next();
  };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function answerNoRoute(app: App, c: Context): Response {
  const { method, path } = c.req;
  const allowed = methods.filter((one) => hasRoute(app, one, path));
  // A route that is there and has nothing to show, such as a folder without this file, is no matter of the method.
  if (allowed.length === 0 || allowed.includes(method === 'HEAD' ? 'GET' : method))
    return c.json(errorBody(new Refusal(404, 'not_found', `no route ${method} ${path}`)), 404);
  const refusal = new Refusal(405, 'method', `expected ${allowed.join(' or ')}, got ${method}`);
  return c.json(errorBody(refusal), 405, { allow: allowed.join(', ') });
}

// What is there for all methods is middleware.
function hasRoute(app: App, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}

// What a key or a session may read is for nobody else, whatever a route forgets to say of it.
const keepPrivate: MiddlewareHandler = async function keep(c, next) {
  await next();
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
};

function answerError(error: unknown, c: Context, deps: AppDeps): Response {
  const refusal = error instanceof Refusal ? error : explain(error, deps);
  const { retryAfterSeconds } = refusal.detail;
  const origin = c.req.header('origin');
  // The SDK must be able to read the status, also of a refused origin, or it would take it for a network error.
  if (origin !== undefined) {
    c.header('access-control-allow-origin', origin);
    c.header('access-control-expose-headers', 'retry-after');
    c.header('vary', 'Origin');
  }
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  return c.json(errorBody(refusal), refusal.status);
}

// Whatever is not a refusal is ours to mend: the client keeps its events and tries again.
function explain(error: unknown, { availability, log }: AppDeps): Refusal {
  // A database that is away is told once, by whoever watches it.
  if (availability.isUp() || classifyFailure(error) !== 'retry')
    log(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new Refusal(503, 'unavailable', 'the collector cannot do this now; its log says why', {
    retryAfterSeconds: 5,
    cause: error,
  });
}
