import { momentText } from '@footfall/schema';
import { z } from 'zod';

const error = 'expected a day or a time like 2026-01-31 or 2026-01-31T12:00:00Z';

/** A moment: a time with its offset, or a day, which begins at midnight in UTC. */
export const momentSchema = z.union([momentText(error), z.iso.date()], { error });
