/**
 * An expected reason why a command cannot go on, told to the operator as one line: what, where, expected.
 * main.ts prints the message without a stack and exits with the code.
 */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    message: string,
    readonly options: { exitCode?: 1 | 2; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
  }
}
