import { z } from 'zod';
import { analysts, type Operation, readers } from '../openapi/operation.js';
import { reports } from './all-reports.js';
import { funnels } from './funnels.js';
import { sessionListQuery } from './list-sessions.js';
import { commonQuery } from './read-request.js';
import type { Report } from './report.js';
import { timelineQuery } from './timeline.js';

const meta = z
  .object({
    site: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    timezone: z.string(),
    source: z.string(),
    bots: z.string(),
    definitions: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ReportMeta' });

const text = z.string().nullable();
const moment = z.iso.datetime();
const count = z.int();

const timelineEvent = z.object({
  event_id: z.uuid(),
  occurred_at: moment,
  type: z.string(),
  name: text,
  url: text,
  path: text,
  title: text,
  referrer: text,
  value: z.number().nullable(),
  currency: text,
  time_on_page_ms: z.number().nullable(),
  props: z.looseObject({}).nullable(),
});

const texts = Object.fromEntries(
  (
    'visitor_id user_id bot_reason entry_path exit_path referrer referrer_source channel utm_source utm_medium ' +
    'utm_campaign browser browser_version os os_version device country region city language timezone'
  )
    .split(' ')
    .map((name) => [name, text]),
);

const timeline = {
  sessions: z.array(
    z.object({
      ...texts,
      session_id: z.uuid(),
      started_at: moment,
      ended_at: moment.nullable(),
      last_seen_at: moment,
      engaged_ms: z.number(),
      pageview_count: count,
      event_count: count,
      interaction_count: count,
      error_count: count,
      is_bounce: z.boolean().nullable(),
      is_bot: z.boolean(),
      events: z.array(timelineEvent),
    }),
  ),
  next: moment.nullable().describe('Where the next page begins: the parameter before'),
  meta: z.object({ definitions: z.record(z.string(), z.string()) }),
};

/** The answer of a report with its meta. */
function answerOf({ answer }: Report) {
  return z.object({ ...answer.shape, meta });
}

/** The answer of the report of funnels. */
export const funnelReportSchema = answerOf(funnels);

function describeReport(report: Report): Operation[] {
  const { path, parameters, definitions } = report;
  const name = path.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const request = z.object({ ...commonQuery.shape, ...parameters.shape });
  const schema = answerOf(report).meta({ id: `${name}Answer` });
  const shared = {
    path: `/api/v1/${path}`,
    summary: `The report ${path}`,
    access: readers,
    answers: { 200: { description: 'The report, and what its numbers mean', schema } },
    refusals: [404, 422],
    definitions,
  } as const;
  return [
    { ...shared, method: 'get', id: `read${name}`, query: request },
    { ...shared, method: 'post', id: `ask${name}`, body: request.meta({ id: `${name}Request` }) },
  ];
}

const listedSession = z
  .object({
    session_id: z.uuid(),
    visitor_id: text,
    started_at: moment,
    last_seen_at: moment,
    pageview_count: count,
    event_count: count,
    error_count: count,
    ...Object.fromEntries(
      'entry_path exit_path referrer_source channel browser os device country city'
        .split(' ')
        .map((name) => [name, text]),
    ),
  })
  .meta({ id: 'ListedSession' });

const sessionList: Operation = {
  method: 'get',
  path: '/api/v1/sessions',
  id: 'listSessions',
  summary: 'Visits that started in the range, the newest first; reading them is written in the audit log',
  access: analysts,
  query: z.object({ ...commonQuery.shape, ...sessionListQuery.shape }),
  answers: {
    200: {
      description: 'A page of visits',
      schema: z.object({
        sessions: z.array(listedSession),
        next: z.string().nullable().describe('Where the next page begins: the parameter cursor'),
        meta: z.object({ definitions: z.record(z.string(), z.string()) }),
      }),
    },
  },
  refusals: [404, 422],
};

const timelines = (['visitor', 'session'] as const).map(
  (kind): Operation => ({
    method: 'get',
    path: `/api/v1/${kind}s/:id`,
    id: kind === 'visitor' ? 'readVisitor' : 'readSession',
    summary: `What happened in the ${kind === 'visitor' ? 'visits of a visitor, the newest first' : 'visit'}`,
    access: analysts,
    query: timelineQuery,
    answers: {
      200: { description: 'Visits with their events', schema: z.object({ [kind]: z.string(), ...timeline }) },
    },
    refusals: [404, 422],
  }),
);

/** Reports, and the timelines of visitors and sessions. */
export const reportOperations: readonly Operation[] = [
  ...reports.flatMap(describeReport),
  sessionList,
  ...timelines,
];
