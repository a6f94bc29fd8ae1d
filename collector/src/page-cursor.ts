import { Refusal } from './refusal.js';

/** A row of a list that is read in the order of time and id: the time to the microsecond, as PostgreSQL writes it. */
export type Place = { at: string; id: string };

const timePattern = /^\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The column of a time as `Place` needs it. */
export function placeTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** What an answer gives as `next`. */
export function writePlace({ at, id }: Place): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

/** @throws Refusal 400 where it is no `next` of an answer */
export function readPlace(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (timePattern.test(at) && idPattern.test(id) && Number.isFinite(Date.parse(at))) return { at, id };
  throw new Refusal(400, 'bad_cursor', 'cursor: expected the next of an answer', { path: 'cursor' });
}
