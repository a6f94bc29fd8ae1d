import { defaultOverlapHours, maxOverlapHours } from '../access/rotate-site-key.js';
import { StartError } from '../start-error.js';

/**
 * For how many hours a key stays in force beside its successor, from the option --overlap.
 *
 * @throws StartError with exit code 2 for anything but 0 to 2,160 hours
 */
export function readOverlap(text: string | undefined): number {
  const hours = text === undefined ? defaultOverlapHours : Number(text);
  if (text?.trim() !== '' && hours >= 0 && hours <= maxOverlapHours) return hours;
  throw new StartError(`--overlap: expected 0 to ${maxOverlapHours} hours, got "${text}"`, { exitCode: 2 });
}
