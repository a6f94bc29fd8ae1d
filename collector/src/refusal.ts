import type { ErrorAnswer } from '@footfall/schema';

/** A request that is refused as a whole, in the words of the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 503;
  readonly code: string;
  readonly detail: { path?: string; expected?: string; hint?: string; retryAfterSeconds?: number };

  constructor(
    status: Refusal['status'],
    code: string,
    message: string,
    detail: Refusal['detail'] & { cause?: unknown } = {},
  ) {
    super(message, { cause: detail.cause });
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

const maxMessageChars = 1_000;

/** The body of an error answer. What a caller said is in the message, and may be long. */
export function errorBody({ code, message, detail: { path, expected, hint } }: Refusal): ErrorAnswer {
  return {
    error: {
      code,
      message: message.length > maxMessageChars ? `${message.slice(0, maxMessageChars)}…` : message,
      ...(path !== undefined && { path }),
      ...(expected !== undefined && { expected }),
      ...(hint !== undefined && { hint }),
    },
  };
}
