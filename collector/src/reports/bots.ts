import { z } from 'zod';
import { defineReport } from './report.js';

type Row = {
  reason: string | null;
  events: number;
  pageviews: number;
  visitors: number;
  first_at: Date;
  last_at: Date;
  user_agents: string[] | null;
};

const answer = z.object({
  reasons: z.array(
    z.object({
      reason: z.string().nullable(),
      events: z.int(),
      pageviews: z.int(),
      visitors: z.int(),
      first_at: z.iso.datetime(),
      last_at: z.iso.datetime(),
      user_agents: z.array(z.string()).nullable(),
    }),
  ),
});

/** What was taken for a bot, and why. */
export const bots = defineReport({
  path: 'bots',
  parameters: z.strictObject({}),
  answer,
  definitions: {
    reason:
      'why the client was taken for a bot; footfall bots restore --reason, or PUT /api/v1/bot-reasons, takes it back for a site',
    events: 'stored events of such clients in the range, left out of every other number',
    user_agents: 'up to five that were seen most',
    filters: 'do not apply here',
  },
  async read(tx, { parameters: { bind, values }, site, span, limit }) {
    const [start, end] = [bind(span.startAt, 'timestamptz'), bind(span.endAt, 'timestamptz')];
    const reasons = await tx.query<Row>(
      `/* bots.read */
       with hits as (
         select bot_reason as reason, count(*) as events, count(*) filter (where type = 'pageview') as pageviews,
           count(distinct visitor_id) as visitors, min(occurred_at) as first_at, max(occurred_at) as last_at
         from footfall.events
         where site = ${bind(site, 'text')} and is_bot and occurred_at >= ${start} and occurred_at < ${end}
           and event_day between ${bind(span.startAt.slice(0, 10), 'date')} - 1 and ${bind(span.endAt.slice(0, 10), 'date')} + 1
         group by bot_reason
       ),
       agents as (
         select bot_reason as reason, user_agent,
           row_number() over (partition by bot_reason order by count(*) desc, user_agent) as place
         from footfall.sessions
         where site = ${bind(site, 'text')} and is_bot and started_at >= ${start} and started_at < ${end}
         group by bot_reason, user_agent
       )
       select h.*, (
         select array_agg(a.user_agent order by a.place) from agents a
         where a.reason is not distinct from h.reason and a.place <= 5 and a.user_agent is not null
       ) as user_agents
       from hits h order by h.events desc, h.reason limit ${bind(limit, 'integer')}`,
      values,
    );
    return { reasons };
  },
});
