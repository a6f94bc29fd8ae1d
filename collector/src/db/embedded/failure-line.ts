/** The line of a program's output that says why it failed: the first error, since what follows comes of it. */
export function failureLine(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const error = lines.find((line) => /(error|FATAL|PANIC):/.test(line));
  return (error?.replace(/^.*?(error|FATAL|PANIC):/, '') ?? lines.at(-1))?.trim();
}
