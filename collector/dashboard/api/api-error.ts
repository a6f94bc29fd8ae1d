/** Why a request was not answered, in the words of the collector where it gave some. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly code: string;
  /** Which part of the request is meant, e.g. `filters[0]`. */
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(
    status: number,
    { code, message, path, hint }: { code: string; message: string; path?: string; hint?: string },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.path = path;
    this.hint = hint;
  }
}

type ErrorBody = { error?: { code?: string; message?: string; path?: string; hint?: string } };

/** The error that an answer with another status than 2xx tells of. */
export async function readError(response: Response): Promise<ApiError> {
  const { error }: ErrorBody = await response.json().catch(() => ({}));
  const seconds = response.headers.get('retry-after');
  const wait = seconds === null ? undefined : `Try again in ${seconds} s.`;
  return new ApiError(response.status, {
    code: error?.code ?? 'no_reason',
    message: error?.message ?? `The collector answered ${response.status} without a reason.`,
    ...(error?.path !== undefined && { path: error.path }),
    ...((error?.hint ?? wait) !== undefined && { hint: error?.hint ?? wait ?? '' }),
  });
}

/** The error of a request that no answer came to. */
export function connectionError(): ApiError {
  return new ApiError(0, {
    code: 'no_answer',
    message: 'The collector did not answer.',
    hint: 'Check that it runs and that this device is online.',
  });
}
