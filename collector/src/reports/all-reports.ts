import { funnels } from './funnels.js';
import type { Report } from './report.js';

/** Every report that is asked for by its path with the parameters of all reports and its own. */
export const reports: readonly Report[] = [funnels];
