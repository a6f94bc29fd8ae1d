/**
 * An expected reason why a command cannot go on, told to the operator as one line: what, where, expected.
 * The command line prints the message without a stack and exits with the code: 1 failed, 2 wrong usage.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly exitCode: 1 | 2;

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
