import { z } from 'zod';
import { nearestName } from '../nearest-name.js';

// Offsets like +05:45 are no zone of the database, whose POSIX signs run the other way.
const zonePattern = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

/** An IANA timezone. */
export const timezoneSchema = z
  .string()
  .check((context) => {
    if (isTimezone(context.value)) return;
    const near = nearestName(context.value, Intl.supportedValuesOf('timeZone'));
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: `expected an IANA timezone like Europe/Berlin${hint}`,
    });
  })
  .meta({ id: 'Timezone', description: 'An IANA timezone', examples: ['Europe/Berlin'] });

function isTimezone(name: string): boolean {
  if (!zonePattern.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
