import { z } from 'zod';
import { isUuidv7 } from './ids.js';
import { maxEngagedMs, maxIdChars, maxRepeats, maxValue } from './limits.js';

/** Every type of event. The order is that of the documentation. */
export const eventTypes = [
  'pageview',
  'click',
  'scroll_depth',
  'engagement',
  'form_view',
  'form_start',
  'form_submit',
  'form_abandon',
  'error',
  'web_vital',
  'text_copy',
  'page_visibility',
  'exposure',
  'identify',
  'custom',
] as const;

export type EventType = (typeof eventTypes)[number];

/**
 * Milliseconds since 1970 that a JavaScript Date can hold (ECMA-262, section 21.4.1.1). Fractions are taken:
 * performance.timeOrigin + performance.now() has them.
 */
const timestamp = z.number().max(8.64e15);
const uuidv7Text = z.string().refine(isUuidv7, { error: 'expected a UUIDv7' });
const text = z.string();
const amount = between(-maxValue, maxValue);
const percent = between(0, 100);
const durationMs = between(0, maxValue);

const base = {
  id: uuidv7Text,
  ts: timestamp,
  name: text.optional(),
  pageId: uuidv7Text.optional(),
  seq: z.number().int().min(0).max(2_147_483_647).optional(),
  url: text.optional(),
  referrer: text.optional(),
  title: text.optional(),
  value: amount.nullable().optional(),
  currency: text.max(8).optional(),
};

const freeProps = z.record(z.string(), z.unknown()).optional();

function between(min: number, max: number) {
  const error = `expected a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function props<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape).partial().optional();
}

/** What tells an element from others. */
const element = { tag: text, elementId: text, classes: text, selector: text };

const pageview = z.object({ ...base, type: z.literal('pageview'), props: freeProps });

const click = z.object({
  ...base,
  type: z.literal('click'),
  props: props({
    ...element,
    text,
    href: text,
    outbound: z.boolean(),
    download: z.boolean(),
    data: z.record(z.string(), z.unknown()),
    rage: z.boolean(),
    dead: z.boolean(),
  }),
});

const scrollDepth = z.object({
  ...base,
  type: z.literal('scroll_depth'),
  props: props({ percent }),
});

const engagement = z.object({
  ...base,
  type: z.literal('engagement'),
  props: props({ engagedMs: between(0, maxEngagedMs), scrollPercent: percent }),
});

const formField = z.looseObject({
  name: text.optional(),
  type: text.optional(),
  filled: z.boolean().optional(),
  value: text.optional(),
});

const form = props({
  formId: text,
  formName: text,
  action: text,
  method: text,
  fieldCount: z.number().int().min(0),
  filledCount: z.number().int().min(0),
  fields: z.array(formField),
  durationMs,
  lastField: text,
});

const formView = z.object({ ...base, type: z.literal('form_view'), props: form });
const formStart = z.object({ ...base, type: z.literal('form_start'), props: form });
const formSubmit = z.object({ ...base, type: z.literal('form_submit'), props: form });
const formAbandon = z.object({ ...base, type: z.literal('form_abandon'), props: form });

const thrown = { errorType: text, message: text, stack: text };

const error = z.object({
  ...base,
  type: z.literal('error'),
  props: props({
    ...thrown,
    source: text,
    line: z.number(),
    column: z.number(),
    handled: z.boolean(),
    causes: z.array(z.looseObject(thrown).partial()),
    repeats: between(0, maxRepeats).int(),
  }),
});

const webVital = z.object({
  ...base,
  type: z.literal('web_vital'),
  props: props({
    metric: text,
    rating: text,
    navigationType: text,
    attribution: z.record(z.string(), z.unknown()),
  }),
});

const textCopy = z.object({
  ...base,
  type: z.literal('text_copy'),
  props: props({ ...element, length: z.number().int().min(0) }),
});
const pageVisibility = z.object({
  ...base,
  type: z.literal('page_visibility'),
  props: props({ state: text, previousMs: durationMs }),
});
const exposure = z.object({
  ...base,
  type: z.literal('exposure'),
  props: props({
    experiment: text,
    variation: text,
    phase: z.number().int(),
    unitType: text,
    unit: text,
  }),
});
const identify = z.object({ ...base, type: z.literal('identify'), props: freeProps });
const custom = z.object({ ...base, name: text.min(1), type: z.literal('custom'), props: freeProps });

/** One event on the wire. Fields that the schema does not name are dropped, except inside props. */
export const eventSchema = z.discriminatedUnion('type', [
  pageview,
  click,
  scrollDepth,
  engagement,
  formView,
  formStart,
  formSubmit,
  formAbandon,
  error,
  webVital,
  textCopy,
  pageVisibility,
  exposure,
  identify,
  custom,
]);

export type Event = z.infer<typeof eventSchema>;

/** An identifier chosen by the caller: a visitor, a user, a unit. */
export const callerId = z.string().min(1).max(maxIdChars);
