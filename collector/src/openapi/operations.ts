import { administrationOperations } from '../administration/operations.js';
import { alertOperations } from '../alerts/operations.js';
import { errorOperations } from '../errors/operations.js';
import { experimentOperations } from '../experiments/operations.js';
import { healthOperations } from '../health-operations.js';
import { ingestOperations } from '../ingest/operations.js';
import { mailReportOperations } from '../mail-reports/operations.js';
import { peopleOperations } from '../people/operations.js';
import { privacyOperations } from '../privacy/operations.js';
import { queryOperations } from '../query/operations.js';
import { realtimeOperations } from '../realtime/operations.js';
import { reportOperations } from '../reports/operations.js';
import { retentionOperations } from '../retention/operations.js';
import { savedOperations } from '../saved/operations.js';
import { sourceMapOperations } from '../source-maps/operations.js';
import type { Operation } from './operation.js';

/** Every route of the public API: each feature describes its own, beside them. */
export const operations: readonly Operation[] = [
  ...ingestOperations,
  ...queryOperations,
  ...reportOperations,
  ...errorOperations,
  ...realtimeOperations,
  ...savedOperations,
  ...experimentOperations,
  ...sourceMapOperations,
  ...privacyOperations,
  ...alertOperations,
  ...mailReportOperations,
  ...retentionOperations,
  ...administrationOperations,
  ...peopleOperations,
  ...healthOperations,
];
