/** What a check of `footfall doctor` found. */
export type Finding = {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  message: string;
  /** What there is to do, often SQL. */
  hint?: string;
  /** For machines, or lines of a table. */
  details?: Record<string, unknown>[];
};

/** What a check may ask: the database as the login itself, before it enters any role. */
export type Asker = {
  query<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  now: () => number;
};

export type Check = { name: string; run: (asker: Asker) => Promise<Finding | Finding[]> };

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes as people read them. */
export function formatBytes(bytes: number): string {
  const exponent = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** exponent;
  return `${value.toFixed(exponent === 0 ? 0 : 1)} ${units[exponent]}`;
}
