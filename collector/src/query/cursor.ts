import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { SortValue } from './compile/compile-page.js';
import type { Query } from './read-query.js';

/** Where a page ended: the row, the moment of the first page, and the query that it belongs to. */
export type Cursor = { after: SortValue[]; now: number };

/** What stands in meta.next_cursor. */
export function writeCursor({ after, now }: Cursor, query: Query): string {
  return Buffer.from(JSON.stringify([fingerprint(query), now, after])).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws Refusal 400 where it is none, or of another query
 */
export function readCursor(text: string, query: Query): Cursor {
  const [print, now, after] = parse(text);
  if (typeof now !== 'number' || !Number.isSafeInteger(now) || !isKeys(after))
    throw refuse('expected a cursor of an answer');
  if (print !== fingerprint(query)) throw refuse('expected a cursor of this query, got one of another');
  return { now, after };
}

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function isKeys(value: unknown): value is SortValue[] {
  return (
    Array.isArray(value) &&
    value.every((key) => key === null || (typeof key === 'string' && !key.includes('\0')))
  );
}

function fingerprint({ pagination: _, include: __, ...query }: Query): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);
}

function refuse(text: string): Refusal {
  return new Refusal(400, 'bad_cursor', `pagination.cursor: ${text}`, { path: 'pagination.cursor' });
}
