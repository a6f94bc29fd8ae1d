import type { Scope } from './report.js';

/** The day of a moment in the timezone of the request, as a date. */
export function dayOf(moment: string, { parameters: { bind }, timezone }: Scope): string {
  return `(${moment} at time zone ${bind(timezone, 'text')})::date`;
}
