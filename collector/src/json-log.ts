import { redactText } from '@footfall/schema/redact-text';

const failure =
  /^(error|footfall: ends|job [\w ]+:|privacy: (?!export)|DATABASE_URL|spool: .*(damaged|cannot))|: lost/;

/** A line of the log as JSON. Messages of the database may quote what was sent: they go through the redaction rules. */
export function formatJsonLog(line: string, unixMs: number): string {
  const level = failure.test(line) ? 'error' : 'info';
  return `${JSON.stringify({ time: new Date(unixMs).toISOString(), level, message: redactText(line) })}\n`;
}
