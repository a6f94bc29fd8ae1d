import { siteSlug } from '@footfall/schema';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuseIssues } from '../query/explain-issue.js';
import { filtersSchema } from '../query/filters/filter-schema.js';
import { dateRangeSchema, daySchema } from '../query/period/date-range.js';
import { timezoneSchema } from '../query/period/timezone.js';
import { Refusal } from '../refusal.js';

const maxLimit = 1_000;

/** What every report takes. The range is date_range, as in queries, or from and to. */
export const commonShape = {
  site: siteSlug,
  date_range: dateRangeSchema.optional(),
  from: daySchema.optional(),
  to: daySchema.optional(),
  timezone: timezoneSchema.optional(),
  filters: z.unknown().optional(),
  segment: z.string().max(200).optional(),
  limit: z.coerce.number().min(1).max(maxLimit).int().default(100),
};

const commonSchema = z.object(commonShape).refine(({ from, to }) => !from || !to || from <= to, {
  path: ['to'],
  error: 'expected a day not before from',
});

/** The same as it is described: filters are read by themselves, since their errors then say more. */
export const commonQuery = z.object({ ...commonShape, filters: filtersSchema.optional() });

export type Common = z.infer<typeof commonSchema>;

/**
 * The parameters of a request, from the query of a GET, where lists and objects are JSON, or from the body of a POST.
 *
 * @throws Refusal 400 where the JSON does not parse
 */
export async function readInput(c: Context): Promise<Record<string, unknown>> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return readJson(await c.req.text(), 'body');
  const input = Object.entries(c.req.query()).map(([name, value]) => [name, readValue(name, value)]);
  return Object.fromEntries(input);
}

function readValue(name: string, value: string): unknown {
  return /^\s*[[{]/.test(value) ? parse(value, name) : value;
}

function readJson(text: string, path: string): Record<string, unknown> {
  const value = parse(text, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Refusal(400, 'bad_query', `${path}: expected a JSON object`, { path });
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'bad_query', `${path}: expected JSON`, { path });
  }
}

/**
 * Splits the parameters of a request into those of every report and those of its own.
 *
 * @throws Refusal 400 that names the parameter and what was expected
 */
export function splitInput<Shape extends z.ZodRawShape>(
  input: Record<string, unknown>,
  own: z.ZodObject<Shape>,
): { common: Common; parameters: z.infer<z.ZodObject<Shape>> } {
  const entries = Object.entries(input);
  const isCommon = ([name]: [string, unknown]) => Object.hasOwn(commonShape, name);
  const common = parseWith(commonSchema, Object.fromEntries(entries.filter(isCommon)));
  const rest = Object.fromEntries(entries.filter((entry) => !isCommon(entry)));
  return { common, parameters: parseWith(own, rest) };
}

/** @throws Refusal 400 that names the parameter and what was expected */
export function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuseIssues(parsed.error.issues, input);
}
