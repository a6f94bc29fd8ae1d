import { z } from 'zod';
import { groupBy } from '../group-by.js';
import { reachedSql } from '../query/filters/compile-filters.js';
import { safeText } from '../query/filters/filter-schema.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

const parameters = z
  .strictObject({
    /** A path; * any text without a slash, ** any text. */
    from_page: safeText.min(1).optional(),
    to_page: safeText.min(1).optional(),
    steps: z.coerce.number().int().min(1).max(10).default(3),
  })
  .refine(({ from_page, to_page }) => from_page === undefined || to_page === undefined, {
    path: ['to_page'],
    error: 'expected either from_page or to_page',
  });

type Parameters = z.infer<typeof parameters>;
type Row = { pages: (string | null)[]; sessions: number };

const page = z.string().nullable();
const answer = z.object({
  sessions: z.int(),
  paths: z.array(z.object({ pages: z.array(page), sessions: z.int(), rate: z.number() })),
  links: z.array(z.object({ step: z.int(), from: page, to: page, sessions: z.int() })),
});

// While a table is new the planner expects a row where there are thousands: a nested loop took 4 s for 8,000 events.
const joinByHash = '/* paths.read */ set local enable_nestloop = off';

/** Which pages visits go to from a page, or come from to it: whole paths, and the links between their steps. */
export const paths = defineReport({
  path: 'paths',
  parameters,
  answer,
  definitions: {
    page: 'path of a pageview; the same page several times in a row is one step',
    anchor:
      'the first time that the visit sees from_page or to_page; without both, the first page of the visit',
    paths: 'the anchor and up to `steps` pages after it (before it, with to_page), in the order of the visit',
    sessions: 'visits that started in the range with this path',
    links: 'visits that went from one page to the next; step counts from the anchor, negative before it',
    ends: 'visits whose path ends (with to_page: begins) there',
  },
  async read(tx, scope, parameters) {
    const sql = toSql(scope, parameters);
    await tx.query(joinByHash);
    const rows = await tx.query<Row>(sql, scope.parameters.values);
    const total = rows.reduce((sum, { sessions }) => sum + sessions, 0);
    const isBackward = parameters.to_page !== undefined;
    return {
      sessions: total,
      paths: rows
        .slice(0, scope.limit)
        .map(({ pages, sessions }) => ({ pages, sessions, rate: rate(sessions, total) })),
      links: linksOf(rows, { isBackward }).slice(0, scope.limit),
    };
  },
});

type Link = { step: number; from: string | null; to: string | null; sessions: number };

function linksOf(rows: Row[], { isBackward }: { isBackward: boolean }): Link[] {
  const all = rows.flatMap(({ pages, sessions }) =>
    pages.slice(1).map((to, index) => {
      const step = isBackward ? index + 1 - pages.length : index;
      return { step, from: pages[index] ?? null, to, sessions };
    }),
  );
  return [...groupBy(all, ({ step, from, to }) => JSON.stringify([step, from, to])).values()]
    .flatMap(([first, ...others]) =>
      first
        ? [{ ...first, sessions: others.reduce((sum, link) => sum + link.sessions, first.sessions) }]
        : [],
    )
    .sort((a, b) => a.step - b.step || b.sessions - a.sessions || compare(a, b));
}

function compare(a: Link, b: Link): number {
  return `${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1;
}

function toSql(scope: Scope, { from_page, to_page, steps }: Parameters): string {
  const { bind } = scope.parameters;
  const page = from_page ?? to_page;
  const isAnchor =
    page === undefined
      ? 'true'
      : reachedSql({ name: page, kind: 'page', pattern: page }, 'v', scope.parameters);
  const reach = bind(steps, 'integer');
  const near =
    to_page === undefined
      ? `between a.place and a.place + ${reach}`
      : `between a.place - ${reach} and a.place`;
  return `/* paths.read */
    with views as (
      select e.session_id as session, e.type, e.path, e.occurred_at as at, e.event_id as id,
        lag(e.path) over visit is distinct from e.path or row_number() over visit = 1 as is_step
      from footfall.events e join footfall.sessions s on s.session_id = e.session_id and ${scope.visitIn('s')}
      where ${eventsOfVisits(scope)} and e.type = 'pageview'
      window visit as (partition by e.session_id order by e.occurred_at, e.event_id)
    ),
    steps as (
      select v.session, v.path, v.type, row_number() over (partition by v.session order by v.at, v.id) as place
      from views v where v.is_step
    ),
    anchors as (select v.session, min(v.place) as place from steps v where ${isAnchor} group by v.session),
    found as (
      select array_agg(s.path order by s.place) as pages
      from steps s join anchors a on a.session = s.session and s.place ${near}
      group by s.session
    )
    select pages, count(*) as sessions from found group by pages order by sessions desc, pages`;
}

// A visit that starts on the last day goes on for up to 24 hours.
function eventsOfVisits({ parameters: { bind }, site, span }: Scope): string {
  const last = new Date(Date.parse(span.endAt) + 25 * 3_600_000).toISOString();
  return `e.site = ${bind(site, 'text')} and not e.is_bot
        and e.occurred_at >= ${bind(span.startAt, 'timestamptz')} and e.occurred_at < ${bind(last, 'timestamptz')}
        and e.event_day between ${bind(span.startAt.slice(0, 10), 'date')} - 1 and ${bind(last.slice(0, 10), 'date')} + 1`;
}
