import type { Command } from './command.js';

/** The usage and the purpose of commands, as help shows them. */
export function describeUsage(commands: readonly Command[]): string {
  const lines = commands.map(({ usage, summary }) => `  footfall ${usage}\n      ${summary}`);
  return `usage:\n${lines.join('\n')}`;
}

/** Of all commands, by name, those whose names begin with these words: `key` names `key create`, `key list` and so on. */
export function findNamed(commands: Readonly<Record<string, Command>>, words: readonly string[]): Command[] {
  const wanted = words.join(' ');
  return Object.entries(commands)
    .filter(([name]) => wanted === '' || name === wanted || name.startsWith(`${wanted} `))
    .map(([, command]) => command);
}
