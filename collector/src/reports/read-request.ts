import { siteSlug } from '@footfall/schema';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuseIssues } from '../query/explain-issue.js';
import { Refusal } from '../refusal.js';

const day = z.iso.date({ error: 'expected a day as yyyy-mm-dd' });
const maxLimit = 1_000;
const maxDays = 3_660;
const dayMs = 86_400_000;

/** What every report takes. */
export const commonShape = {
  site: siteSlug,
  from: day.optional(),
  to: day.optional(),
  timezone: z.string().refine(isTimezone, { error: 'expected an IANA timezone like Europe/Berlin' }).optional(),
  filters: z.unknown().optional(),
  segment: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(maxLimit).default(100),
};

const commonSchema = z.object(commonShape).refine(isRange, {
  path: ['to'],
  error: `expected a day not before from and at most ${maxDays} days after it`,
});

export type Common = z.infer<typeof commonSchema>;

function isRange({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean {
  if (from === undefined || to === undefined) return true;
  return from <= to && Date.parse(to) - Date.parse(from) <= maxDays * dayMs;
}

// Offsets are no zone of the database, whose POSIX signs run the other way.
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The parameters of a request, from the query of a GET, where lists and objects are JSON, or from the body of a POST.
 *
 * @throws Refusal 400 where the JSON does not parse
 */
export async function readInput(c: Context): Promise<Record<string, unknown>> {
  if (c.req.method !== 'GET') return readJson(await c.req.text(), 'body');
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
