export type { BatchAnswer, ErrorAnswer, Rejection, RejectionCode } from './answer.js';
export { rejectionCodes } from './answer.js';
export type { Batch, ClientHints, Context, Envelope } from './batch.js';
export { batchSchema, clientHintsSchema, contextSchema } from './batch.js';
export type { Event, EventType } from './event.js';
export { callerId, eventSchema, eventTypes } from './event.js';
export { isUuidv7, timeOfUuidv7, uuidv7 } from './ids.js';
export * as limits from './limits.js';
export { siteSlug } from './site.js';
