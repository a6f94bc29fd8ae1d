import { z } from 'zod';

/** The slug of a site: immutable, in every key and every row. */
export const siteSlug = z.string().regex(/^[a-z0-9-]{1,32}$/, {
  error: 'expected 1 to 32 of a-z, 0-9 and -',
});
