import { z } from 'zod';
import { filtersSchema } from '../query/filters/filter-schema.js';
import { reports } from './all-reports.js';
import { commonShape } from './read-request.js';

/** A report as the OpenAPI document describes it. */
export type DescribedReport = {
  /** Of its request among the schemas. */
  schemaId: string;
  schema: z.ZodType;
  route: string;
  definitions: Record<string, string>;
};

/** All reports with the schemas that their requests are read with. */
export function describeReports(): DescribedReport[] {
  return reports.map(({ path, parameters, definitions }) => ({
    schemaId: `${path.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Request`,
    schema: z.object({ ...commonShape, filters: filtersSchema.optional(), ...parameters.shape }),
    route: `/api/v1/${path}`,
    definitions,
  }));
}
