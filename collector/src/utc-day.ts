const dayMs = 86_400_000;

// Events are nearly all of one day, and asked several times each.
let last = { day: Number.NaN, text: '' };

/** The UTC day of a time, as yyyy-mm-dd. */
export function utcDay(unixMs: number): string {
  const day = Math.floor(unixMs / dayMs);
  if (day !== last.day) last = { day, text: new Date(unixMs).toISOString().slice(0, 10) };
  return last.text;
}
