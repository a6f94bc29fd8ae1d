import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, plantSite } from '../access-matrix/plant-site.js';
import { inventPrincipals, type Principal } from '../access-matrix/principals.js';
import {
  type Made,
  middleware,
  publicFile,
  type Request,
  type Row,
  routeTable,
  type Target,
  type Tools,
} from '../access-matrix/route-table.js';
import { makeKey } from '../ask-query.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';
import { type Watched, watchDatabase } from '../watch-database.js';

const atOnce = 3;
const dayMs = 86_400_000;
// Noon: what happened in the last minutes is of this day.
let nowMs = Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2;
let collector: TestCollector;
let own: Ground;
let foreign: Ground;
let principals: Principal[];
let tools: Tools;
let routes: string[];
let statements: Watched[] = [];

beforeAll(async () => {
  collector = await startTestCollector({
    now: () => nowMs,
    // Nobody listens there: a mail is tried and fails.
    smtpUrl: 'smtp://127.0.0.1:1',
    watch: (database) => watchDatabase(database, (statement) => statements.push(statement)),
  });
  own = await plantSite(collector, { slug: 'site-alpha', siteKey: 'public-alpha', mark: 'ownmark' }, nowMs);
  foreign = await plantSite(
    collector,
    { slug: 'site-bravo', siteKey: 'public-bravo', mark: 'foreignmark' },
    nowMs,
  );
  // Realtime shows what came in two seconds ago.
  nowMs += 3_000;
  principals = await inventPrincipals(collector, own);
  tools = await inventTools();
  const known = new Set(collector.routes.map(({ method, path }) => `${method} ${path}`));
  routes = [...known].filter((route) => !middleware.has(route));
});
afterAll(() => collector.stop());

async function inventTools(): Promise<Tools> {
  const owner = await makeKey(collector, 'owner', null, 'tools');
  let counted = 0;
  return {
    count: () => ++counted,
    async make(path, body) {
      const response = await fetch(collector.origin + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Made;
    },
  };
}

test('every route of the router is in the table, and every row of the table is a route', () => {
  const listed = new Set(routeTable.map(({ route }) => route));
  expect(routes.filter((route) => !listed.has(route) && !publicFile.test(route))).toEqual([]);
  expect([...listed].filter((route) => !routes.includes(route))).toEqual([]);
});

type Place = 'own' | 'foreign' | 'crossed';
type Case = { row: Row; principal: Principal; place: Place };

test('every route answers who may and refuses who may not, and shows nobody a row of a foreign site', async () => {
  const files = routes.filter((route) => publicFile.test(route)).map(toFileRow);
  const rows = [...files, ...routeTable];
  const cases = rows.flatMap((row) =>
    principals.flatMap((principal) => placesOf(row, principal).map((place) => ({ row, principal, place }))),
  );
  const found: Finding[] = [];
  for (const isLast of [false, true]) {
    const queue = cases.filter(({ row }) => (row.isLast ?? false) === isLast).values();
    const work = async () => {
      for (const one of queue) found.push(await tryOut(one));
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }
  const wrong = found.filter(({ problem }) => problem !== undefined).map(({ problem }) => problem);
  const foreignRows = found.filter(({ isForeign }) => isForeign).map(({ name }) => name);
  const allowed = found.filter(({ isAllowed }) => isAllowed).length;
  const answers = found.filter(({ holdsOwn }) => holdsOwn).length;
  console.log(
    `access matrix: ${routes.length} routes x ${principals.length} principals x own, foreign and crossed site = ` +
      `${found.length} requests: ${allowed} allowed, ${found.length - allowed} refused, ${wrong.length} wrong; ` +
      `${answers} answers with own rows, ${foreignRows.length} with foreign ones`,
  );
  expect({ wrong, foreignRows, withoutOwnRows: rowsWithout(found) }).toEqual({
    wrong: [],
    foreignRows: [],
    withoutOwnRows: [],
  });
}, 240_000);

// Who asks, and whether the site is there; whether the rollups are fresh, and the line of the audit log; what belongs to no site, or is no row of a page.
const common =
  /^\s*\/\* (?:keys\.findKeyHolder|known-site\.requireKnownSite|sessions\.findSessionHolder|audit\.writeAudit|tombstones\.keepSubjectKey|refresh\.|roll-up\.|assignment-store\.)|^select key from footfall\.privacy_keys/;

function isReading({ route, who }: Row): boolean {
  if (who === 'anyone' || who.isList || !who.roles.includes('analyst')) return false;
  // What is administered belongs to the owner's role.
  if (route.startsWith('GET /api/v1/sites/')) return false;
  return /^GET \/(?:api|v1)\/|^POST \/api\/v2\/query|^POST \/api\/v1\/[a-z-]+$/.test(route);
}

test('whatever reads a site does so as a reader of that site', async () => {
  const headers = { authorization: `Bearer ${await makeKey(collector, 'owner')}` };
  const asker: Principal = { name: 'the owner', kind: 'key', role: 'owner', sites: null, headers };
  const problems: string[] = [];
  for (const row of routeTable.filter(isReading)) {
    const request = await row.ask({ site: own, ids: own, siteKey: own.siteKey }, tools);
    statements = [];
    await send(row.route, asker, request);
    const asReader = statements.filter(({ as }) => typeof as === 'object' && as.site === own.slug);
    const others = statements.filter((one) => !asReader.includes(one) && !common.test(one.sql));
    if (asReader.length === 0) problems.push(`${row.route}: expected a statement of a reader`);
    problems.push(...others.map(({ as, sql }) => `${row.route}: as ${JSON.stringify(as)}: ${sql}`));
  }
  expect(problems).toEqual([]);
});

function toFileRow(route: string): Row {
  return { route, who: 'anyone', status: [200], ask: () => ({ path: route.split(' ')[1] ?? '' }) };
}

function placesOf({ who, crossed }: Row, { role }: Principal): Place[] {
  if (who === 'anyone' || who.isList) return ['own'];
  return crossed && role ? ['own', 'foreign', 'crossed'] : ['own', 'foreign'];
}

// Rows of the own site must show wherever they are asked for: else the search for foreign ones would find nothing either.
const silent =
  /^(?:OPTIONS|DELETE|PUT)|\/(?:healthz|readyz|metrics|schema|openapi\.json|privacy\/erase|replay|counts|retention|start|ramp|phases|stop|archive|preview|rotate|rotate-key|properties|unlock|bot-reasons)$|\/v1\/(?:events|exposures)$|POST \/api\/v1\/(?:goals|segments|annotations|shares|keys|sites|experiments|retention)$|stickiness|\/login|logout$|password$|source-maps$|incidents$|POST \/api\/v1\/(?:alerts|mail-reports)|(?:POST|PATCH) \/api\/v1\/(?:users|saved-funnels)|GET \/(?:dashboard|share|sdk|vitals)/;

function rowsWithout(found: Finding[]): string[] {
  const shown = new Set(found.filter(({ holdsOwn }) => holdsOwn).map(({ row }) => row.route));
  return [...new Set(found.map(({ row }) => row.route))].filter(
    (route) => !shown.has(route) && !silent.test(route),
  );
}

type Finding = {
  row: Row;
  name: string;
  problem: string | undefined;
  isAllowed: boolean;
  isForeign: boolean;
  holdsOwn: boolean;
};

async function tryOut({ row, principal, place }: Case): Promise<Finding> {
  const target = targetOf(row, principal, place);
  const request = await row.ask(target, tools);
  const { status, text } = await send(row.route, principal, request);
  const expected = judge(row, principal, target);
  const isAllowed = expected === 'allowed';
  const statuses = isAllowed ? (place === 'crossed' && row.crossed) || row.status : refusals[expected];
  const name = `${row.route}${row.variant ? ` (${row.variant})` : ''} as ${principal.name}, ${place} site`;
  // Who has the public key of a site may know what every visitor of its pages does.
  const isConfined = principal.sites !== null && !request.path.includes(foreign.siteKey);
  return {
    row,
    name,
    problem: statuses.includes(status)
      ? undefined
      : `${name}: expected ${expected} (${statuses.join(' or ')}), got ${status} ${text.slice(0, 200)}`,
    isAllowed,
    isForeign: isConfined && holdsForeign(text, request),
    holdsOwn: text.includes(own.mark),
  };
}

function targetOf({ who }: Row, { kind, headers }: Principal, place: Place): Target {
  const site = place === 'foreign' ? foreign : own;
  const ids = place === 'own' ? own : foreign;
  const isPublic = who !== 'anyone' && who.siteKey === 'parameter';
  // Who has no key of the site can only guess it: its name.
  const hasKey = kind !== 'nobody' && (kind !== 'site key' || place === 'own');
  const isGuess = isPublic && !hasKey && headers.authorization === undefined;
  return { site, ids, siteKey: isGuess || (kind === 'site key' && !hasKey) ? site.slug : site.siteKey };
}

const refusals = { 'unknown caller': [401], forbidden: [403], hidden: [404] };

function judge(
  { who }: Row,
  { kind, role, sites, headers }: Principal,
  { site, siteKey }: Target,
): 'allowed' | keyof typeof refusals {
  if (who === 'anyone') return 'allowed';
  if (who.siteKey === 'parameter') {
    if (siteKey !== site.siteKey) return 'unknown caller';
    const asServer = who.roles.length > 0 && headers.authorization !== undefined && kind !== 'site key';
    if (!asServer) return 'allowed';
  }
  if (who.siteKey === 'credential' && kind === 'site key') return 'allowed';
  if (kind === 'share' && who.personal) return 'forbidden';
  if (kind === 'share' && who.share) return sites?.includes(site.slug) ? 'allowed' : 'forbidden';
  if (role === undefined || (kind === 'operator' && isKeysOnly(who))) return 'unknown caller';
  if (!who.roles.includes(role)) return 'forbidden';
  if (who.allSites) return sites === null ? 'allowed' : 'forbidden';
  if (sites === null || sites?.includes(site.slug)) return 'allowed';
  return who.hides ? 'hidden' : 'forbidden';
}

function isKeysOnly(who: Exclude<Row['who'], string>): boolean {
  return who.keysOnly === true || who.siteKey !== undefined;
}

async function send(route: string, { kind, headers }: Principal, request: Request) {
  const [method = ''] = route.split(' ');
  const { origin: _, ...withoutOrigin } = headers;
  const isPublicKey = kind === 'site key' && /^(?:\/v1\/events|\/v1\/experiments)/.test(request.path);
  const response = await fetch(collector.origin + request.path, {
    method: method === 'ALL' ? 'GET' : method,
    headers: {
      ...(request.body && { 'content-type': 'application/json' }),
      ...(isPublicKey ? {} : request.path.startsWith('/api/') ? headers : withoutOrigin),
      ...request.headers,
    },
    ...(request.body && { body: JSON.stringify(request.body) }),
  });
  const body = request.isEndless && response.ok ? await readSome(response) : await response.text();
  return { status: response.status, text: `${body}\n${[...response.headers].join('\n')}` };
}

// As far as the first picture of the site, behind everything that happened in the last half hour.
async function readSome(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (/^event: now\n.*\n\n/ms.test(text)) break;
  }
  return text;
}

// What the request named itself, an answer may repeat.
function holdsForeign(text: string, request: Request): boolean {
  const named = `${decodeURIComponent(request.path)} ${JSON.stringify(request.body ?? {})}`;
  const words = [foreign.slug, ...named.split(/[^\w-]+/)].filter((word) =>
    /foreignmark|site-bravo/.test(word),
  );
  const rest = words
    .filter((word) => named.includes(word))
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ''), text);
  return /foreignmark|site-bravo|public-bravo/.test(rest);
}
