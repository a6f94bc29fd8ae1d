import type { Role } from '../../src/access/keys.js';
import { newId } from '../test-collector.js';
import type { Ground } from './plant-site.js';

/** Who may. */
export type Who =
  | 'anyone'
  | {
      roles: readonly Role[];
      /** A share link of the site too. */
      share?: boolean;
      /** It tells of single people: a share link is known here, and refused. */
      personal?: boolean;
      /** Keys alone, no person who is signed in. */
      keysOnly?: boolean;
      /** Whoever reaches all sites alone. */
      allSites?: boolean;
      /** What is asked for names no site: everybody gets what they reach. */
      isList?: boolean;
      /** What the sites of somebody do not reach is not there for them: 404 in place of 403. */
      hides?: boolean;
      /** The public key of a site too: as a parameter, with or without a secret key beside it, or as the credential. */
      siteKey?: 'parameter' | 'credential';
    };

export type Request = { path: string; body?: object; headers?: Record<string, string>; isEndless?: boolean };

/** Whatever a route answers that has made something. */
export type Made = { id?: string; keyId?: string; user?: { id: string } };

/** What is asked for: a site, and ids that may be another's. */
export type Target = { site: Ground; ids: Ground; siteKey: string };

export type Tools = {
  /** A number of its own for each call. */
  count(): number;
  /** Asks as the owner of everything, for something that the request can take away. */
  make(path: string, body: object): Promise<Made>;
};

export type Row = {
  /** Method and path as the router has them. */
  route: string;
  /** Several rows of a route differ by it. */
  variant?: string;
  who: Who;
  /** Statuses of an answer to who may. */
  status: number[];
  /** It ends what the others ask with: so it is asked last. */
  isLast?: boolean;
  /** Statuses where the ids are those of another site. */
  crossed?: number[];
  ask(target: Target, tools: Tools): Request | Promise<Request>;
};

const readers: Exclude<Who, 'anyone'> = { roles: ['owner', 'admin', 'analyst'], share: true };
const analysts: Exclude<Who, 'anyone'> = { roles: ['owner', 'admin', 'analyst'] };
const personal: Exclude<Who, 'anyone'> = { ...analysts, personal: true };
const admins: Exclude<Who, 'anyone'> = { roles: ['owner', 'admin'] };
const assigners: Exclude<Who, 'anyone'> = { roles: ['assign', 'admin', 'owner'], keysOnly: true };

const days = 'date_range=day';
const now = () => new Date().toISOString();

function open(route: string, path = route.split(' ')[1] ?? '', status = [200]): Row {
  return { route, who: 'anyone', status, ask: () => ({ path }) };
}

/** A report, by GET and by POST. */
function report(name: string, parameters: Record<string, unknown> = {}): Row[] {
  const path = `/api/v1/${name}`;
  const inQuery = new URLSearchParams(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const row = { who: readers, status: [200] };
  return [
    {
      ...row,
      route: `GET ${path}`,
      ask: ({ site }) => ({ path: `${path}?site=${site.slug}&${days}&${inQuery}` }),
    },
    {
      ...row,
      route: `POST ${path}`,
      ask: ({ site }) => ({ path, body: { site: site.slug, date_range: 'day', ...parameters } }),
    },
  ];
}

/** Something that is saved for a site: listed, added, replaced, deleted. */
function saved(
  path: 'goals' | 'segments' | 'annotations' | 'saved-funnels',
  id: 'goal' | 'segment' | 'annotation' | 'savedFunnel',
  value: (n: number) => object,
): Row[] {
  const base = `/api/v1/${path}`;
  return [
    {
      route: `GET ${base}`,
      who: readers,
      status: [200],
      ask: ({ site }) => ({ path: `${base}?site=${site.slug}` }),
    },
    {
      route: `POST ${base}`,
      who: admins,
      status: [201],
      ask: ({ site }, { count }) => ({ path: base, body: { site: site.slug, ...value(count()) } }),
    },
    {
      route: `PUT ${base}/:id`,
      who: admins,
      status: [200],
      crossed: [404],
      ask: ({ site, ids }, { count }) => ({
        path: `${base}/${ids[id]}`,
        body: { site: site.slug, ...value(count()) },
      }),
    },
    {
      route: `DELETE ${base}/:id`,
      who: admins,
      status: [204],
      crossed: [404],
      ask: async ({ site, ids }, { make, count }) => {
        const made = await make(base, { site: ids.slug, ...value(count()) });
        return { path: `${base}/${made.id}?site=${site.slug}` };
      },
    },
  ];
}

const query = (site: string | string[]) => ({
  site_id: site,
  metrics: ['visitors', 'events', 'pageviews'],
  date_range: 'day',
  dimensions: ['event:page', 'visit:utm_source', 'event:name'],
});

const queries: Row[] = [
  { variant: 'json', accept: 'application/json' },
  { variant: 'csv', accept: 'text/csv' },
  { variant: 'ndjson', accept: 'application/x-ndjson' },
].map(({ variant, accept }) => ({
  route: 'POST /api/v2/query',
  variant,
  who: readers,
  status: [200],
  ask: ({ site }) => ({ path: '/api/v2/query', body: query(site.slug), headers: { accept } }),
}));

const experiment = '/api/v1/experiments';

function change(
  step: string,
  body: object | undefined,
  { method = 'POST', status = [200, 409] }: { method?: string; status?: number[] } = {},
): Row {
  return {
    route: `${method} ${experiment}/:key${step}`,
    who: admins,
    status,
    crossed: [404],
    ask: ({ site, ids }) => ({
      path: `${experiment}/${ids.experiment}${step}?site=${site.slug}`,
      ...(body && { body }),
    }),
  };
}

const variations = [{ key: 'control' }, { key: 'treatment' }];

const experiments: Row[] = [
  {
    route: 'GET /v1/experiments',
    who: { roles: [], siteKey: 'parameter' },
    status: [200],
    ask: ({ siteKey }) => ({ path: `/v1/experiments?site=${siteKey}` }),
  },
  {
    route: 'POST /v1/assign',
    who: assigners,
    status: [200],
    ask: ({ site, ids }) => ({
      path: '/v1/assign',
      body: { site: site.slug, unit: { visitor: ids.visitor } },
    }),
  },
  {
    route: 'GET /v1/assignments',
    who: { roles: ['assign', 'admin', 'owner', 'analyst'], keysOnly: true },
    status: [200],
    ask: ({ site, ids }) => ({
      path: `/v1/assignments?site=${site.slug}&unitType=visitor&unitId=${ids.visitor}`,
    }),
  },
  {
    route: 'POST /v1/exposures',
    who: { roles: ['assign', 'ingest', 'admin', 'owner'], keysOnly: true },
    status: [200],
    ask: ({ site, ids }) => ({
      path: '/v1/exposures',
      body: { site: site.slug, exposures: [{ experiment: ids.experiment, unitId: ids.visitor }] },
    }),
  },
  open('OPTIONS /ofrep/v1/evaluate/flags', undefined, [204]),
  open('OPTIONS /ofrep/v1/evaluate/flags/*', '/ofrep/v1/evaluate/flags/a', [204]),
  {
    route: 'POST /ofrep/v1/evaluate/flags',
    who: { ...assigners, siteKey: 'credential' },
    status: [200],
    ask: ({ site, ids }) => ({
      path: `/ofrep/v1/evaluate/flags?site=${site.slug}`,
      body: { context: { targetingKey: ids.visitor } },
    }),
  },
  {
    route: 'POST /ofrep/v1/evaluate/flags/:key{.+}',
    who: { ...assigners, siteKey: 'credential' },
    status: [200, 404],
    ask: ({ site, ids }) => ({
      path: `/ofrep/v1/evaluate/flags/${ids.experiment}?site=${site.slug}`,
      body: { context: { targetingKey: ids.visitor } },
    }),
  },
  {
    route: `POST ${experiment}`,
    who: admins,
    status: [201],
    ask: ({ site }, { count }) => ({
      path: experiment,
      body: { site: site.slug, key: `made-${count()}`, variations },
    }),
  },
  {
    route: `GET ${experiment}`,
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `${experiment}?site=${site.slug}` }),
  },
  {
    route: `GET ${experiment}/:key`,
    who: analysts,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({ path: `${experiment}/${ids.experiment}?site=${site.slug}` }),
  },
  {
    route: `GET ${experiment}/:experiment/results`,
    who: analysts,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({ path: `${experiment}/${ids.experiment}/results?site=${site.slug}` }),
  },
  change('', { description: 'changed' }, { method: 'PATCH' }),
  change('/start', undefined),
  change('/ramp', { coverage: 1 }),
  change('/phases', {}),
  {
    ...change('/preview', undefined),
    ask: ({ site, ids }) => ({
      path: `${experiment}/${ids.experiment}/preview?site=${site.slug}`,
      body: { variation: 'control', url: 'https://shop.example/' },
    }),
  },
  change('/stop', undefined),
  change('/archive', undefined),
  {
    route: 'GET /api/v1/experiment-layers',
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/experiment-layers?site=${site.slug}` }),
  },
  {
    route: 'PUT /api/v1/experiment-layers',
    who: admins,
    status: [200],
    ask: ({ site }, { count }) => ({
      path: '/api/v1/experiment-layers',
      body: { site: site.slug, layer: `layer-${count()}` },
    }),
  },
];

/** What tells of one thing: by its id, of a site. */
function one(route: string, { who, id }: { who: Who; id: keyof Ground }): Row {
  return {
    route: `GET ${route}/:id`,
    who,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({ path: `${route}/${ids[id]}?site=${site.slug}` }),
  };
}

const reading: Row[] = [
  {
    route: 'GET /api/v1/overview',
    who: readers,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/overview?site=${site.slug}` }),
  },
  ...queries,
  open('GET /api/v2/query/schema'),
  open('GET /openapi.json'),
  ...report('errors'),
  ...report('funnels', { steps: [{ page: '/**' }, { event: 'error' }], breakdown: 'event:page' }),
  ...report('retention'),
  ...report('conversions', { breakdown: 'event:page' }),
  ...report('paths'),
  ...report('web-vitals'),
  ...report('forms'),
  ...report('engagement'),
  ...report('attribution', { conversion: { page: '/**' }, dimension: 'visit:utm_source' }),
  ...report('stickiness'),
  ...report('bots'),
  ...report('properties'),
  one('/api/v1/errors', { who: personal, id: 'error' }),
  {
    route: 'PATCH /api/v1/errors/:id',
    who: admins,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({
      path: `/api/v1/errors/${ids.error}`,
      body: { site: site.slug, state: 'open' },
    }),
  },
  one('/api/v1/visitors', { who: personal, id: 'visitor' }),
  {
    route: 'GET /api/v1/sessions',
    who: personal,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/sessions?site=${site.slug}&${days}` }),
  },
  one('/api/v1/sessions', { who: personal, id: 'session' }),
  {
    route: 'GET /api/v1/realtime',
    variant: 'json',
    who: readers,
    status: [200],
    ask: ({ site }) => ({
      path: `/api/v1/realtime?site=${site.slug}`,
      headers: { accept: 'application/json' },
    }),
  },
  {
    route: 'GET /api/v1/realtime',
    variant: 'events',
    who: readers,
    status: [200],
    ask: ({ site }) => ({
      path: `/api/v1/realtime?site=${site.slug}`,
      // Everything of the last half hour, as for a reader who was cut off.
      headers: { 'last-event-id': '2020-01-01T00:00:00.0Z~00000000-0000-0000-0000-000000000000' },
      isEndless: true,
    }),
  },
];

const steps = [{ page: '/**' }, { event: 'error' }];

const funnels: Row[] = [
  ...saved('saved-funnels', 'savedFunnel', (n) => ({ name: `funnel ${n}`, parameters: { steps } })),
  {
    route: 'GET /api/v1/saved-funnels/:id/report',
    who: readers,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({
      path: `/api/v1/saved-funnels/${ids.savedFunnel}/report?site=${site.slug}&${days}&breakdown=event:page`,
    }),
  },
  {
    route: 'POST /api/v1/source-maps',
    who: admins,
    // One at a time.
    status: [201, 429],
    ask: ({ site }) => ({
      path: `/api/v1/source-maps?site=${site.slug}&release=1.0.0&file=app.js`,
      body: { version: 3, sources: ['a.ts'], sourcesContent: ['throw 1;'], names: [], mappings: 'AAAA' },
    }),
  },
];

const shares: Row[] = [
  {
    route: 'GET /api/v1/shares',
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/shares?site=${site.slug}` }),
  },
  {
    route: 'POST /api/v1/shares',
    who: admins,
    status: [201],
    ask: ({ site }, { count }) => ({
      path: '/api/v1/shares',
      body: { site: site.slug, name: `share ${count()}` },
    }),
  },
  {
    // After five tries from an address it is closed for a while.
    ...open('POST /api/v1/shares/unlock', undefined, [401, 429]),
    ask: () => ({
      path: '/api/v1/shares/unlock',
      body: { token: 'ff_locked_none', password: 'no such password' },
    }),
  },
  {
    route: 'DELETE /api/v1/shares/:id',
    who: admins,
    status: [204],
    crossed: [404],
    ask: async ({ site, ids }, { make }) => {
      const made = await make('/api/v1/shares', { site: ids.slug, name: 'to be revoked' });
      return { path: `/api/v1/shares/${made.id}?site=${site.slug}` };
    },
  },
];

const silence = { rule: { kind: 'ingest_silence' }, emails: ['ops@office.example'] };
const mail = { frequency: 'weekly', recipients: ['ops@office.example'] };

/** What is kept of a site under an id, and made anew to be deleted. */
function kept(base: string, value: (n: number) => object): Row[] {
  return [
    {
      route: `GET ${base}`,
      who: analysts,
      status: [200],
      ask: ({ site }) => ({ path: `${base}?site=${site.slug}` }),
    },
    {
      route: `POST ${base}`,
      who: admins,
      status: [201],
      ask: ({ site }, { count }) => ({ path: base, body: { site: site.slug, ...value(count()) } }),
    },
    {
      route: `PUT ${base}/:id`,
      who: admins,
      status: [200],
      crossed: [404],
      ask: async ({ site, ids }, { make, count }) => {
        const made = await make(base, { site: ids.slug, ...value(count()) });
        return { path: `${base}/${made.id}`, body: { site: site.slug, ...value(count()) } };
      },
    },
    {
      route: `DELETE ${base}/:id`,
      who: admins,
      status: [204],
      crossed: [404],
      ask: async ({ site, ids }, { make, count }) => {
        const made = await make(base, { site: ids.slug, ...value(count()) });
        return { path: `${base}/${made.id}?site=${site.slug}` };
      },
    },
  ];
}

const notices: Row[] = [
  ...kept('/api/v1/alerts', (n) => ({ name: `alert ${n}`, ...silence })),
  ...kept('/api/v1/mail-reports', () => mail),
  one('/api/v1/alerts', { who: analysts, id: 'alert' }),
  {
    route: 'GET /api/v1/alerts/:id/incidents',
    who: analysts,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({ path: `/api/v1/alerts/${ids.alert}/incidents?site=${site.slug}` }),
  },
  {
    route: 'POST /api/v1/alerts/:id/test',
    who: admins,
    status: [200],
    crossed: [404],
    ask: ({ site, ids }) => ({ path: `/api/v1/alerts/${ids.alert}/test`, body: { site: site.slug } }),
  },
];

const privacy: Row[] = [
  {
    route: 'POST /api/v1/privacy/export',
    who: admins,
    status: [200],
    ask: ({ site, ids }) => ({
      path: '/api/v1/privacy/export',
      body: { site: site.slug, visitor: ids.visitor },
    }),
  },
  {
    route: 'POST /api/v1/privacy/erase',
    who: admins,
    status: [200],
    ask: ({ site }) => ({
      path: '/api/v1/privacy/erase',
      body: { site: site.slug, visitor: 'whom-nobody-knows' },
    }),
  },
];

const newKey = (slug: string) => ({ role: 'ingest', name: 'made', sites: [slug] });

const sites: Row[] = [
  {
    route: 'GET /api/v1/sites',
    who: { ...admins, isList: true },
    status: [200],
    ask: () => ({ path: '/api/v1/sites' }),
  },
  {
    route: 'POST /api/v1/sites',
    who: { ...admins, allSites: true },
    status: [201],
    ask: (_, { count }) => ({ path: '/api/v1/sites', body: { site: `made-${count()}` } }),
  },
  {
    route: 'GET /api/v1/sites/:site',
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/sites/${site.slug}` }),
  },
  {
    route: 'PATCH /api/v1/sites/:site',
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/sites/${site.slug}`, body: { weekStart: 1 } }),
  },
  {
    route: 'POST /api/v1/sites/:site/rotate-key',
    who: admins,
    status: [201],
    ask: ({ site }) => ({ path: `/api/v1/sites/${site.slug}/rotate-key`, body: { overlapHours: 1 } }),
  },
  {
    route: 'GET /api/v1/sites/:site/retention',
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/sites/${site.slug}/retention` }),
  },
  {
    route: 'PUT /api/v1/retention',
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: '/api/v1/retention', body: { site: site.slug, events: 395 } }),
  },
];

const keys: Row[] = [
  {
    route: 'GET /api/v1/keys',
    who: { ...admins, isList: true },
    status: [200],
    ask: () => ({ path: '/api/v1/keys' }),
  },
  {
    route: 'POST /api/v1/keys',
    who: admins,
    status: [201],
    ask: ({ site }) => ({ path: '/api/v1/keys', body: newKey(site.slug) }),
  },
  {
    route: 'DELETE /api/v1/keys/:id',
    who: { ...admins, hides: true },
    status: [204],
    ask: async ({ site }, { make }) => ({
      path: `/api/v1/keys/${(await make('/api/v1/keys', newKey(site.slug))).keyId}`,
    }),
  },
  {
    route: 'POST /api/v1/keys/:id/rotate',
    who: { ...admins, hides: true },
    status: [201],
    ask: async ({ site }, { make }) => ({
      path: `/api/v1/keys/${(await make('/api/v1/keys', newKey(site.slug))).keyId}/rotate`,
      body: {},
    }),
  },
];

const audit: Row[] = ['', '&format=csv', '&format=ndjson'].flatMap((format): Row[] => [
  {
    route: 'GET /api/v1/audit',
    variant: `a site${format}`,
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/audit?site=${site.slug}${format}` }),
  },
  {
    route: 'GET /api/v1/audit',
    variant: `all${format}`,
    who: { ...admins, isList: true },
    status: [200],
    ask: () => ({ path: `/api/v1/audit?limit=1000${format}` }),
  },
]);

const botReasons: Row[] = [
  {
    route: 'GET /api/v1/bot-reasons',
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/bot-reasons?site=${site.slug}` }),
  },
  {
    route: 'PUT /api/v1/bot-reasons',
    who: admins,
    status: [200],
    ask: ({ site }) => ({
      path: '/api/v1/bot-reasons',
      body: { site: site.slug, reason: 'Googlebot', isHuman: true },
    }),
  },
];

const letters: Row[] = [
  {
    route: 'GET /api/v1/dead-letter',
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/dead-letter?site=${site.slug}` }),
  },
  {
    route: 'GET /api/v1/dead-letter/counts',
    who: analysts,
    status: [200],
    ask: ({ site }) => ({ path: `/api/v1/dead-letter/counts?site=${site.slug}` }),
  },
  one('/api/v1/dead-letter', { who: analysts, id: 'letter' }),
  {
    route: 'POST /api/v1/dead-letter/replay',
    who: admins,
    status: [200],
    ask: ({ site }) => ({ path: '/api/v1/dead-letter/replay', body: { site: site.slug } }),
  },
];

const ingest: Row[] = [
  {
    route: 'POST /v1/events',
    who: { roles: ['ingest', 'owner', 'admin'], siteKey: 'parameter' },
    status: [200],
    ask: ({ siteKey }) => ({
      path: `/v1/events?site=${siteKey}`,
      body: { events: [{ id: newId(), type: 'custom', name: 'sent', ts: Date.now() }] },
    }),
  },
  {
    route: 'OPTIONS /v1/events',
    who: 'anyone',
    status: [204],
    ask: ({ siteKey }) => ({ path: `/v1/events?site=${siteKey}` }),
  },
  { ...open('ALL /v1/events', '/v1/events', [405]) },
];

const newUser = (slug: string, n: number) => ({
  email: `person-${n}@office.example`,
  role: 'analyst',
  sites: [slug],
});

function aboutUser(method: string, step: string, more: { status: number[]; body?: object }): Row {
  const { status, body } = more;
  return {
    route: `${method} /api/v1/users/:id${step}`,
    who: { ...admins, hides: true },
    status,
    ask: async ({ site }, { make, count }) => {
      const made = await make('/api/v1/users', newUser(site.slug, count()));
      return { path: `/api/v1/users/${made.user?.id}${step}`, ...(body && { body }) };
    },
  };
}

const people: Row[] = [
  {
    route: 'GET /api/v1/users',
    who: { ...admins, isList: true },
    status: [200],
    ask: () => ({ path: '/api/v1/users' }),
  },
  {
    route: 'POST /api/v1/users',
    who: admins,
    status: [201],
    ask: ({ site }, { count }) => ({ path: '/api/v1/users', body: newUser(site.slug, count()) }),
  },
  aboutUser('PATCH', '', { status: [200], body: { name: 'changed' } }),
  aboutUser('POST', '/reset', { status: [200] }),
  aboutUser('DELETE', '', { status: [204] }),
  {
    route: 'GET /api/v1/me',
    who: { roles: ['owner', 'admin', 'analyst'], share: true, isList: true },
    status: [200],
    ask: () => ({ path: '/api/v1/me' }),
  },
  open('GET /api/v1/login/methods'),
  {
    // After five tries from an address it is closed for a while.
    ...open('POST /api/v1/login', undefined, [401, 429]),
    ask: () => ({
      path: '/api/v1/login',
      body: { email: 'ann@office.example', password: 'no such password' },
    }),
  },
  {
    ...open('POST /api/v1/password', undefined, [400, 429]),
    ask: () => ({ path: '/api/v1/password', body: { token: 'a'.repeat(43), password: 'no such password' } }),
  },
  { ...open('POST /api/v1/logout', undefined, [204]), isLast: true },
];

/** What each route asks for and answers. A route of the router that is not here fails the test. */
export const routeTable: readonly Row[] = [
  open('GET /healthz'),
  open('GET /readyz'),
  open('GET /metrics'),
  ...ingest,
  ...experiments,
  ...reading,
  ...saved('goals', 'goal', (n) => ({ name: `goal ${n}`, kind: 'page', pattern: '/x' })),
  ...saved('segments', 'segment', (n) => ({ name: `segment ${n}`, filters: [] })),
  ...saved('annotations', 'annotation', (n) => ({ text: `annotation ${n}`, noted_at: now() })),
  ...funnels,
  ...shares,
  ...notices,
  ...privacy,
  ...sites,
  ...keys,
  ...audit,
  ...botReasons,
  ...letters,
  ...people,
];

/** What runs before routes. */
export const middleware = new Set([
  'ALL /*',
  'ALL /api/*',
  'ALL /api/v1/*',
  'ALL /login/*',
  'ALL /ofrep/v1/evaluate/flags/*',
]);

/** Files for anybody: whatever their names, none of them holds a row. */
export const publicFile = /^GET \/(?:dashboard(?:\/.*)?|share\/:token|sdk[\w-]*\.js|vitals\.js)$/;
