import { redactText } from '@footfall/schema/redact-text';
import { formatJsonLog } from '../json-log.js';

/**
 * How lines of the log are written: as they are, or each as JSON with its time. Messages of the database may quote what
 * was sent: all go through the redaction rules.
 */
export function logWriter(format: 'text' | 'json', write: (text: string) => void): (line: string) => void {
  if (format === 'text') return (line) => write(`${redactText(line)}\n`);
  return (line) => write(formatJsonLog(redactText(line), Date.now()));
}
