export type { BatchAnswer, ErrorAnswer, Rejection, RejectionCode } from './answer.js';
export { rejectionCodes } from './answer.js';
export type { Batch, ClientHints, Context, Envelope } from './batch.js';
export { batchSchema, clientHintsSchema, contextSchema } from './batch.js';
export { bucketOf, fnv1a32, rangesOf } from './bucket.js';
export { compileCondition } from './compile-condition.js';
export type { Attributes, Condition } from './condition.js';
export type { Decision, ExperimentConfig, Reason, Subject, Variation } from './decide.js';
export { decide } from './decide.js';
export type { Event, EventType } from './event.js';
export { callerId, eventSchema, eventTypes } from './event.js';
export type { DraftChange, ExperimentStatus, NewExperiment, NewPhase } from './experiment.js';
export {
  conditionSchema,
  descriptiveFields,
  draftChangeSchema,
  experimentKey,
  layerSchema,
  newExperimentSchema,
  newPhaseSchema,
  rampSchema,
  stopSchema,
  unitId,
} from './experiment.js';
export type {
  Breakdown,
  Comparison,
  ExperimentResults,
  MetricResult,
  NotEnoughData,
  VariationResult,
} from './experiment-results.js';
export { experimentResultsSchema } from './experiment-results.js';
export { isUuidv7, timeOfUuidv7, uuidv7 } from './ids.js';
export * as limits from './limits.js';
export type { EventFilter, Metric } from './metric.js';
export { metricSchema, metricsSchema } from './metric.js';
export { momentText } from './moment.js';
export { siteSlug } from './site.js';
