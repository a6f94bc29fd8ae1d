import { z } from 'zod';
import { rate } from './rate.js';
import { defineReport } from './report.js';

type Row = {
  page: string | null;
  visits: number;
  pageviews: number;
  time_on_page: number | null;
  median_time_on_page: number | null;
  scroll_depth: number | null;
  reached_25: number;
  reached_50: number;
  reached_75: number;
  reached_100: number;
};

const percents = z.object({ 25: z.number(), 50: z.number(), 75: z.number(), 100: z.number() });
const answer = z.object({
  pages: z.array(
    z.object({
      page: z.string().nullable(),
      visits: z.int(),
      pageviews: z.int(),
      time_on_page: z.number().nullable(),
      median_time_on_page: z.number().nullable(),
      scroll_depth: z.number().nullable(),
      reached: percents,
    }),
  ),
});

const number = (name: string, most: string) =>
  `case when jsonb_typeof(e.props -> '${name}') = 'number' then least((e.props ->> '${name}')::float8, ${most}) end`;

/** How long and how far each page is read. */
export const engagement = defineReport({
  path: 'engagement',
  parameters: z.strictObject({}),
  answer,
  definitions: {
    visits: 'visits with a pageview of the page; pageviews of it',
    time_on_page:
      'seconds in sight and in focus, mean and median over the visits with an engagement record of the page',
    scroll_depth:
      'percent of the page: mean over visits of the furthest that each of them scrolled, visits without a scroll record counting 0; null where no visit has one',
    reached: 'percent of the visits that came as far as 25, 50, 75 and 100 percent',
  },
  async read(tx, scope) {
    const { bind, values } = scope.parameters;
    const rows = await tx.query<Row>(
      `/* engagement.read */
       with visits as (
         select e.path as page, e.session_id, count(*) filter (where e.type = 'pageview') as pageviews,
           sum(case when e.type = 'engagement' then ${number('engagedMs', `'infinity'`)} end) as engaged_ms,
           max(case e.type when 'engagement' then ${number('scrollPercent', '100')}
             when 'scroll_depth' then ${number('percent', '100')} end) as scrolled
         from ${scope.events('e')}
         where ${scope.eventIn('e')} and e.type in ('pageview', 'engagement', 'scroll_depth') and e.session_id is not null
         group by e.path, e.session_id
       )
       select page, count(*) as visits, sum(pageviews)::bigint as pageviews, avg(engaged_ms) / 1000 as time_on_page,
         percentile_cont(0.5) within group (order by engaged_ms) / 1000 as median_time_on_page,
         case when count(scrolled) > 0 then avg(coalesce(scrolled, 0)) end as scroll_depth, count(*) filter (where scrolled >= 25) as reached_25,
         count(*) filter (where scrolled >= 50) as reached_50, count(*) filter (where scrolled >= 75) as reached_75,
         count(*) filter (where scrolled >= 100) as reached_100
       from visits where pageviews > 0 group by page order by visits desc, page limit ${bind(scope.limit, 'integer')}`,
      values,
    );
    return { pages: rows.map(describe) };
  },
});

function describe({ reached_25, reached_50, reached_75, reached_100, ...row }: Row) {
  const counts = { 25: reached_25, 50: reached_50, 75: reached_75, 100: reached_100 };
  const reached = Object.entries(counts).map(([percent, count]) => [percent, rate(count, row.visits)]);
  return { ...row, reached: Object.fromEntries(reached) };
}
