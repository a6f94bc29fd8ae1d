import { formatJsonLog } from '../json-log.js';

/** How lines of the log are written: as they are, or each as JSON with its time. */
export function logWriter(format: 'text' | 'json', write: (text: string) => void): (line: string) => void {
  if (format === 'text') return (line) => write(`${line}\n`);
  return (line) => write(formatJsonLog(line, Date.now()));
}
