import { type ParseArgsConfig, parseArgs } from 'node:util';
import { StartError } from '../start-error.js';

/**
 * Reads the options of a command.
 *
 * @throws StartError with exit code 2 and the usage, for an unknown option or a wrong number of arguments
 */
export function readOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  { usage, options, positionals = 0 }: { usage: string; options: Options; positionals?: number },
): ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true; strict: true }>> {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (parsed.positionals.length !== positionals)
      throw new Error(`expected ${countArguments(positionals)}, got ${parsed.positionals.length}`);
    return parsed;
  } catch (error) {
    const reason = error instanceof Error ? firstSentence(error.message) : String(error);
    throw new StartError(`footfall: ${reason}; usage: footfall ${usage}`, { exitCode: 2, cause: error });
  }
}

function countArguments(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}

// Node goes on with advice about arguments that begin with a dash: the usage behind it says more.
function firstSentence(message: string): string {
  return message.split(/\.(?:\s|$)/)[0] ?? message;
}
