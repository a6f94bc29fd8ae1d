import { z } from 'zod';

const count = z.int();
const day = z.iso.date();
const totals = {
  visitors: count,
  sessions: count,
  pageviews: count,
  bounce_rate: z.number().describe('Percent of the sessions'),
  visit_duration: z.number().describe('Mean, in seconds'),
};
const range = { from: day, to: day };
const listOf = (name: string) =>
  z.array(z.object({ [name]: z.string().nullable(), visitors: count, sessions: count }));

/** The answer of `GET /api/v1/overview`. */
export const overviewSchema = z
  .object({
    ...range,
    ...totals,
    site: z.string(),
    timezone: z.string(),
    previous: z.object({ ...range, ...totals }).describe('The same number of days before'),
    series: z.array(z.object({ day, visitors: count, sessions: count, pageviews: count })),
    pages: z.array(z.object({ path: z.string().nullable(), visitors: count, pageviews: count })),
    entry_pages: listOf('path'),
    exit_pages: listOf('path'),
    referrers: listOf('source'),
    channels: listOf('channel'),
    countries: listOf('country'),
    browsers: listOf('browser'),
    systems: listOf('os'),
    devices: listOf('device'),
    campaigns: listOf('campaign'),
    meta: z.object({
      bot_events: count,
      source: z.enum(['rollups', 'events']),
      definitions: z.record(z.string(), z.string()),
    }),
  })
  .meta({ id: 'Overview' });
