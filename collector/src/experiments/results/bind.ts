/** Values of a statement that is put together from parts. Nothing that a caller wrote becomes part of its text. */
export type Binder = {
  values: unknown[];
  /** @returns the cast placeholder of the value */
  bind(value: unknown, type: 'text' | 'integer' | 'float8' | 'timestamptz' | 'date'): string;
};

/** A statement without values so far. */
export function startBinding(): Binder {
  const values: unknown[] = [];
  function bind(value: unknown, type: string): string {
    values.push(value);
    return `$${values.length}::${type}`;
  }
  return { values, bind };
}
