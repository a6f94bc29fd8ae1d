import { z } from 'zod';

/** A moment: a time with its offset, or a day, which begins at midnight in UTC. */
export const momentSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'expected a day or a time like 2026-01-31 or 2026-01-31T12:00:00Z',
});
