import { type DayRange, isDay } from './calendar.js';

export const comparisonModes = [
  { mode: 'previous_period', title: 'Previous period' },
  { mode: 'year_over_year', title: 'Same period last year' },
  { mode: 'custom', title: 'Custom period' },
  { mode: 'off', title: 'No comparison' },
] as const;

export type ComparisonMode = (typeof comparisonModes)[number]['mode'];

/** What the period is compared with. */
export type Comparison =
  | { mode: 'previous_period' | 'year_over_year'; matchesWeekday: boolean }
  | { mode: 'custom'; range: DayRange }
  | { mode: 'off' };

/** What the address says of the comparison: with the previous period unless it says otherwise. */
export function readComparison(address: URLSearchParams): Comparison {
  const mode = address.get('compare') ?? 'previous_period';
  const matchesWeekday = address.get('weekday') === '1';
  const [from, to] = [address.get('compare_from'), address.get('compare_to')];
  if (mode === 'off') return { mode };
  if (mode === 'custom' && isDay(from) && isDay(to) && from <= to) return { mode, range: { from, to } };
  return { mode: mode === 'year_over_year' ? mode : 'previous_period', matchesWeekday };
}

/** What of an address the choice of a comparison sets. */
export function comparisonChange(comparison: Comparison) {
  const range = comparison.mode === 'custom' ? comparison.range : { from: null, to: null };
  return {
    compare: comparison.mode === 'previous_period' ? null : comparison.mode,
    weekday: 'matchesWeekday' in comparison && comparison.matchesWeekday ? '1' : null,
    compare_from: range.from,
    compare_to: range.to,
  };
}

/** `include.comparisons` of a query. */
export function toApiComparison(comparison: Comparison): object | undefined {
  if (comparison.mode === 'off') return undefined;
  if (comparison.mode === 'custom')
    return { mode: 'custom', date_range: [comparison.range.from, comparison.range.to] };
  return {
    mode: comparison.mode,
    ...(comparison.matchesWeekday && { match_day_of_week: true }),
  };
}
