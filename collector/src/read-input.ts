import type { IncomingMessage } from 'node:http';
import { maxDepth } from '@footfall/schema/limits';
import type { z } from 'zod';
import { readBody } from './ingest/read-body.js';
import { describeIssue } from './query/explain-issue.js';
import { Refusal } from './refusal.js';
import { notStorable } from './storable-text.js';

const maxBodyBytes = 131_072;
const maxValues = 1_000;

/**
 * Reads the JSON body of a request that changes or asks something: at most 128 KiB with 1,000 values, in text that
 * PostgreSQL can hold.
 *
 * @throws Refusal 400 and 413 that name the place
 */
export async function readInput(request: IncomingMessage): Promise<unknown> {
  const { body } = await readBody(request, { maxWireBytes: maxBodyBytes, maxInflatedBytes: maxBodyBytes });
  requirePlain(body);
  return body;
}

function requirePlain(body: unknown): void {
  let left = maxValues;
  const refuse = (code: string, path: string, message: string): never => {
    throw new Refusal(400, code, `${path || 'body'}: ${message}`, { path: path || 'body' });
  };

  function visit(value: unknown, path: string, depth: number): void {
    if (--left < 0) refuse('too_many_values', '', `expected at most ${maxValues} values`);
    if (depth > maxDepth) refuse('too_deep', path, `expected at most ${maxDepth} levels`);
    if (typeof value === 'string' && notStorable.test(value))
      refuse('bad_text', path, 'expected text without NUL and half characters');
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (notStorable.test(key)) refuse('bad_text', path, 'expected names without NUL and half characters');
      visit(item, path ? `${path}.${key.slice(0, 64)}` : key.slice(0, 64), depth + 1);
    }
  }

  visit(body, '', 0);
}

/**
 * Checks input against a schema.
 *
 * @throws Refusal 400 with the code that is given, which names the first field that does not fit
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  code: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.') || 'body';
  const reason =
    unknown === undefined ? (issue ? describeIssue(issue) : 'does not fit') : 'there is no such field';
  throw new Refusal(400, code, `${path}: ${reason}`, { path });
}
