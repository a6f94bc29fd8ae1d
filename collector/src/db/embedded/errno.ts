/** The code of a system or PostgreSQL error (`ENOENT`, `57P03`), or undefined when the value carries none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What to tell the operator about an error that was caught, in one line: `EACCES: permission denied`. */
export function reasonOf(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n', 1);
  // System errors end in the call and its paths, which the messages here name in their own words.
  return error instanceof Error && 'syscall' in error ? line.replace(/, \w+ '.*$/, '') : line;
}

/** For `.catch`: a missing file is undefined, everything else is thrown on. */
export function undefinedIfMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}
