/** The values of a statement: text of a caller reaches SQL through here alone. */
export type Parameters = {
  /** Adds a value, or finds it again, and returns its place in the statement: `$3::text[]`. */
  bind(value: string | number | boolean | readonly (string | number)[], type: SqlType): string;
  readonly values: unknown[];
};

export type SqlType =
  | 'text'
  | 'text[]'
  | 'numeric'
  | 'numeric[]'
  | 'float8'
  | 'integer'
  | 'bigint'
  | 'date'
  | 'timestamptz'
  | 'jsonb'
  | 'uuid';

/** Starts with no values. */
export function createParameters(): Parameters {
  const values: unknown[] = [];
  const places = new Map<string, string>();
  return {
    values,
    bind(value, type) {
      const key = `${type} ${JSON.stringify(value)}`;
      const place = places.get(key) ?? `$${values.push(value)}::${type}`;
      places.set(key, place);
      return place;
    },
  };
}
