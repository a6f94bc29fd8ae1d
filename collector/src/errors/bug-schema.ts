import { z } from 'zod';
import { states } from './bug-state.js';

const text = z.string().nullable();
const moment = z.iso.datetime();
const frame = { func: text, file: text, line: z.number().nullable(), column: z.number().nullable() };

/** A bug in a list of them (describe-bug.ts). */
export const bugShape = {
  id: z.string(),
  type: text,
  message: text,
  culprit: z.object(frame),
  state: z.enum(states),
  changed_at: moment.nullable(),
  first_seen: moment,
  last_seen: moment,
  release: text,
  releases: z.array(z.string()),
  browsers: z.array(z.string()),
  stacks: z.int(),
  sample_stack: text,
};

/** How often it was seen in the range. */
export const bugCounts = {
  events: z.int(),
  occurrences: z.int(),
  sessions: z.int(),
  visitors: z.int(),
  last_in_range: moment.optional(),
};

const sample = z.object({
  event_id: z.uuid(),
  occurred_at: moment,
  session_id: z.uuid().nullable(),
  visitor_id: text,
  url: text,
  release: text,
  browser: text,
  browser_version: text,
  os: text,
  device: text,
  handled: z.unknown(),
  causes: z.unknown(),
});

const stack = z.object({
  type: text,
  message: text,
  stack: text,
  source: text,
  line: z.number().nullable(),
  column: z.number().nullable(),
  release: text,
  browser: text,
  events: z.int(),
  first_seen: moment,
  last_seen: moment,
});

/** The answer of `PATCH /api/v1/errors/{id}`. */
export const bugSchema = z.object(bugShape).meta({ id: 'Bug' });

/** The answer of `GET /api/v1/errors/{id}`. */
export const bugDetailSchema = z
  .object({
    ...bugShape,
    ...bugCounts,
    frames: z
      .array(z.object({ ...frame, source: text, text }))
      .describe('In the original sources, where a map of the release was uploaded'),
    samples: z.array(sample),
    stacks: z.array(stack),
  })
  .meta({ id: 'BugDetail' });
