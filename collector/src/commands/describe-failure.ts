import { getSystemErrorMap } from 'node:util';

/**
 * What a file or a stream has refused, as one line that names the file; undefined for any other error, which is a fault
 * of the program.
 */
export function describeFileError(error: unknown): string | undefined {
  if (!isSystemError(error)) return undefined;
  const [, reason = error.code] = getSystemErrorMap().get(error.errno) ?? [];
  const place = error.path ?? (error.syscall === 'write' ? 'standard output' : undefined);
  return place === undefined ? undefined : `${place}: ${reason}`;
}

type SystemError = Error & { errno: number; code: string; syscall?: string; path?: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && 'code' in error;
}
