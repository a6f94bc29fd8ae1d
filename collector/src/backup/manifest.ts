import { z } from 'zod';

const migration = z.object({ version: z.number(), checksum: z.string(), description: z.string() });
const table = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  parts: z.array(z.string()),
});

/** The first file of an archive: what is in it, and the schema that it belongs to. */
export const manifestSchema = z.object({
  format: z.literal(1),
  createdAt: z.string(),
  serverVersion: z.string(),
  migrations: z.array(migration),
  tables: z.array(table),
});

/** The last file: without it the archive is not whole. Rows by table. */
export const summarySchema = z.object({ rows: z.record(z.string(), z.number()) });

export type Manifest = z.infer<typeof manifestSchema>;
export type Summary = z.infer<typeof summarySchema>;

export const manifestName = 'manifest.json';
export const summaryName = 'rows.json';
