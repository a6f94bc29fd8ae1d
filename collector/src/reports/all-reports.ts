import { attribution } from './attribution.js';
import { bots } from './bots.js';
import { conversions } from './conversions.js';
import { engagement } from './engagement.js';
import { errors } from './errors.js';
import { forms } from './forms.js';
import { funnels } from './funnels.js';
import { paths } from './paths.js';
import { properties } from './properties.js';
import type { Report } from './report.js';
import { retention } from './retention.js';
import { stickiness } from './stickiness.js';
import { webVitals } from './web-vitals.js';

/** Every report that is asked for by its path with the parameters of all reports and its own. */
export const reports: readonly Report[] = [
  errors,
  funnels,
  retention,
  conversions,
  paths,
  webVitals,
  forms,
  engagement,
  attribution,
  stickiness,
  bots,
  properties,
];
