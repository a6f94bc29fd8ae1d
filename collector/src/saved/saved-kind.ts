import type { z } from 'zod';
import type { Database } from '../db/database.js';

type Column = { name: string; type: 'text' | 'numeric' | 'timestamptz' | 'jsonb' };

/** A kind of thing that people save for a site. Names of tables and columns are ours, never a caller's. */
export type SavedKind = {
  /** Its route below /api/v1/. */
  path: string;
  /** Its table in footfall, and what a list of them is called. */
  table: string;
  /** One of them, in messages. */
  noun: string;
  idColumn: string;
  /** What a caller gives. The names are those of the columns. */
  schema: z.ZodObject;
  /** What the schema alone cannot see: throws a Refusal. */
  check?(database: Database, site: string, value: Record<string, unknown>): Promise<void>;
  columns: readonly Column[];
  orderBy: string;
};
