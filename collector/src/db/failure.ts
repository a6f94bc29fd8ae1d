/**
 * What a failed transaction means for its data.
 * data: a value that the server will never take; retry: the server or the way to it, later may work; bug: ours.
 */
export type Failure = 'data' | 'retry' | 'bug';

// Classes of SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
const dataClasses = new Set(['22', '23', '54']);
const retryClasses = new Set(['08', '40', '53', '55', '57', '58']);
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const driverMessages =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/;

// A server that was demoted, or a standby behind the same address: the next one to take writes may come any moment.
const readOnlyStates = new Set(['25006']);
// The server's own limit on a statement.
const cancelled = '57014';

/** Sorts an error of the driver by its SQLSTATE, its socket code or, where it has neither, its message. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof AggregateError)
    return error.errors.some((one) => classifyFailure(one) === 'retry') ? 'retry' : 'bug';
  if (!(error instanceof Error)) return 'bug';
  const code = sqlstateOf(error);
  if (code === null) return driverMessages.test(error.message) ? 'retry' : 'bug';
  if (socketCodes.has(code) || readOnlyStates.has(code) || retryClasses.has(code.slice(0, 2))) return 'retry';
  return dataClasses.has(code.slice(0, 2)) ? 'data' : 'bug';
}

/** The SQLSTATE of an error of the server, or the code of a socket error. */
export function sqlstateOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether the server left a statement without an answer for longer than its limit. */
export function isAnswerMissing(error: Error): boolean {
  return error.message === 'Query read timeout';
}

/** Whether an error is worth another try at once. What ran out of time has waited long enough. */
export function isPassing(error: unknown): boolean {
  if (classifyFailure(error) !== 'retry' || sqlstateOf(error) === cancelled) return false;
  return !(error instanceof Error && /timeout/i.test(error.message));
}
