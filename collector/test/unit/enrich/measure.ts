export type Comparison = { label: string; weight?: number; wanted: unknown; got: unknown };

/** The share of rows that are right, by weight, and those that are wrong as lines to read. */
export function measure(rows: Comparison[]): { rate: number; wrong: string[] } {
  const isRight = ({ wanted, got }: Comparison) => String(wanted) === String(got);
  const sum = (some: Comparison[]) => some.reduce((total, { weight = 1 }) => total + weight, 0);
  const wrong = rows.filter((row) => !isRight(row));
  return {
    rate: 1 - sum(wrong) / sum(rows),
    wrong: wrong.map(({ label, wanted, got }) => `wanted ${wanted}, got ${got}: ${label}`),
  };
}
