import type { Database } from '../db/database.js';
import { isAnswerMissing, sqlstateOf } from '../db/failure.js';
import { Refusal } from '../refusal.js';
import { formatPath } from './explain-issue.js';
import type { Filter } from './filters/filter-schema.js';

const badRegex = '2201B';
const cancelled = '57014';
const tooMuch = new Set(['53100', '53200', '53400', '54000', '54001', '54023']);

/**
 * Runs a read and turns what the question is to blame for into a refusal: 422 where it took too long or too much, 400
 * where a value cannot be.
 */
export async function runGuarded<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw explainFailure(error) ?? error;
  }
}

/** The refusal that a failed question gets, or undefined where the question is not to blame. */
export function explainFailure(error: unknown): Refusal | undefined {
  const state = sqlstateOf(error);
  if (state === cancelled || (error instanceof Error && isAnswerMissing(error))) {
    return new Refusal(422, 'too_slow', 'the query took longer than it may', {
      hint: 'ask for fewer days, fewer dimensions or simpler patterns',
    });
  }
  if (state === null) return undefined;
  if (tooMuch.has(state)) {
    return new Refusal(422, 'too_large', 'the query needs more than the database may use', {
      hint: 'ask for fewer days or fewer dimensions',
    });
  }
  if (state === badRegex) return refusePattern('filters', error);
  if (!state.startsWith('22')) return undefined;
  return new Refusal(400, 'bad_value', 'a value does not fit where it is used', { path: 'filters' });
}

/**
 * Lets the database read every pattern once, so that a broken one is told with its place.
 *
 * @throws Refusal 400 with the path of the first pattern that is no regular expression
 */
export async function checkPatterns(
  database: Database,
  site: string,
  filters: readonly Filter[],
): Promise<void> {
  for (const { path, pattern } of findPatterns(filters, ['filters'])) {
    try {
      await database.withSite(site, (tx) => tx.query(`select '' ~ $1::text`, [pattern]));
    } catch (error) {
      if (sqlstateOf(error) !== badRegex) throw error;
      throw refusePattern(formatPath(path), error);
    }
  }
}

function refusePattern(path: string, error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : '';
  const message = `${path}: expected a regular expression, got one with an error: ${reason}`;
  const expected = 'a POSIX regular expression as PostgreSQL reads it';
  return new Refusal(400, 'bad_pattern', message, { path, expected });
}

type Place = { path: PropertyKey[]; pattern: string };

function findPatterns(filters: readonly Filter[], path: PropertyKey[]): Place[] {
  return filters.flatMap((filter, at) => findIn(filter, [...path, at]));
}

function findIn(filter: Filter, path: PropertyKey[]): Place[] {
  if (filter[0] === 'and' || filter[0] === 'or') return findPatterns(filter[1], [...path, 1]);
  if (filter[0] === 'not' || filter[0] === 'has_done' || filter[0] === 'has_not_done')
    return findIn(filter[1], [...path, 1]);
  if (filter[0] !== 'matches' && filter[0] !== 'matches_not') return [];
  return filter[2].map((pattern, at) => ({ path: [...path, 2, at], pattern }));
}
