const failure =
  /^(error|footfall: ends|job [\w ]+:|privacy: (?!export)|DATABASE_URL|spool: .*(damaged|cannot))|: lost/;

/** A line of the log as JSON. */
export function formatJsonLog(line: string, unixMs: number): string {
  const level = failure.test(line) ? 'error' : 'info';
  return `${JSON.stringify({ time: new Date(unixMs).toISOString(), level, message: line })}\n`;
}
