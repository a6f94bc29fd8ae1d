import { sqlstateOf } from '../db/failure.js';
import { Refusal } from '../refusal.js';

const cancelled = '57014';
const invalidRegex = '2201B';

/** What the reader can do about a statement that failed; any other error as it is. */
export function explainDatabaseError(error: unknown): unknown {
  const state = sqlstateOf(error);
  if (state === cancelled)
    return new Refusal(422, 'too_slow', 'the report took longer than a statement may', {
      hint: 'ask for fewer days or a narrower filter',
      cause: error,
    });
  if (state === invalidRegex)
    return new Refusal(400, 'bad_filter', 'filters: expected a regular expression of PostgreSQL', {
      path: 'filters',
      cause: error,
    });
  return error;
}
