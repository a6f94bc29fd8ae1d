import type { Transaction } from '../db/database.js';
import type { Segments } from './filters/expand-segments.js';
import type { Goal } from './goals.js';

/** What a site has defined for its queries. */
export type Definitions = { goals: readonly Goal[]; segments: Segments };

const none: Definitions = { goals: [], segments: new Map() };

/** Reads the goals and segments of the site of a transaction. */
export async function readDefinitions(_tx: Transaction): Promise<Definitions> {
  return none;
}
