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
  app.use('/api/*', limitApi(deps));
  app.use('/login/*', limitApi(deps));
  app.use('/api/*', admitSessions(deps));
  app.route('/', ingestRoutes(deps));
  app.route('/', experimentRoutes(deps));
  const readers = { ...deps, database: limitReaders(deps.database) };
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
  app.notFound((c) =>
    c.json(errorBody(new Refusal(404, 'not_found', `no route ${c.req.method} ${c.req.path}`)), 404),
  );
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

function limitApi(deps: AppDeps): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async function limit(c, next) {
    const { socket } = c.env.incoming;
    deps.limits.takeApiRequest(findClientAddress(socket.remoteAddress, (name) => c.req.header(name), deps));
    return next();
  };
}

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
