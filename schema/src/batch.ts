import { z } from 'zod';
import { callerId, type Event } from './event.js';

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { error: 'expected a UUID' });
const pixels = z.tuple([z.number().min(0).max(32_767), z.number().min(0).max(32_767)]);
const shortText = z.string().max(100);

/** The names of NavigatorUAData.getHighEntropyValues() (W3C User-Agent Client Hints). */
export const clientHintsSchema = z
  .object({
    brands: z.array(z.object({ brand: shortText, version: shortText })).max(20),
    fullVersionList: z.array(z.object({ brand: shortText, version: shortText })).max(20),
    mobile: z.boolean(),
    platform: shortText,
    platformVersion: shortText,
    model: shortText,
    architecture: shortText,
    bitness: shortText,
    formFactors: z.array(shortText).max(10),
  })
  .partial();

/** Descriptive, so a value that does not fit is dropped and harms nothing. */
export const contextSchema = z
  .object({
    language: shortText.optional().catch(undefined),
    timezone: shortText.optional().catch(undefined),
    screen: pixels.optional().catch(undefined),
    viewport: pixels.optional().catch(undefined),
    pixelRatio: z.number().min(0.01).max(100).optional().catch(undefined),
    clientHints: clientHintsSchema.optional().catch(undefined),
    consent: z.enum(['granted', 'denied', 'cookieless']).optional().catch(undefined),
    release: shortText.optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

/**
 * The envelope. Events are checked one by one afterwards, so that a bad one never harms the others.
 * Identity is strict: a visitor or session that does not fit refuses the batch, it is never guessed.
 */
export const batchSchema = z.object({
  sentAt: z.number().optional().catch(undefined),
  sdk: z.object({ name: shortText, version: shortText }).partial().optional().catch(undefined),
  visitor: z.object({ id: callerId.optional(), userId: callerId.optional() }).optional(),
  session: z.object({ id: uuid }).optional(),
  context: contextSchema,
  dropped: z.record(z.string().max(64), z.number().int().min(0)).optional().catch(undefined),
  linkCookieless: z.boolean().optional().catch(undefined),
  events: z.array(z.unknown()),
});

export type ClientHints = z.infer<typeof clientHintsSchema>;
export type Context = z.infer<typeof contextSchema>;

/** A batch whose envelope is valid and whose events are not checked yet. */
export type Envelope = z.infer<typeof batchSchema>;

/** A batch as the SDK builds it. */
export type Batch = Omit<z.input<typeof batchSchema>, 'events'> & { events: Event[] };
