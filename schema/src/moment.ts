import { z } from 'zod';

/** The year 0, and offsets that no place has: ISO 8601 allows them, PostgreSQL does not. */
const unknownToPostgres = /^0000|[+-](?:1[5-9]|2\d):\d\d$/;

/**
 * A time with its offset, as ISO 8601 writes it and PostgreSQL reads it.
 *
 * @param error what is said of anything else: `expected a time like …`
 */
export function momentText(error: string) {
  return z.iso.datetime({ offset: true, error }).refine((text) => !unknownToPostgres.test(text), { error });
}
