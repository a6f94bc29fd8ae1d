import { addDays, type DayRange, isDay, lengthOf, startOfMonth } from './calendar.js';

/** A period to choose. Today is part of those that reach up to it. */
export type PeriodChoice = {
  name: string;
  title: string;
  /** The key that chooses it. */
  key: string;
  range(today: string): DayRange | 'all';
};

const lastDays = (count: number) => (today: string) => ({ from: addDays(today, 1 - count), to: today });

export const periods: readonly PeriodChoice[] = [
  { name: 'day', title: 'Today', key: 'd', range: lastDays(1) },
  {
    name: 'yesterday',
    title: 'Yesterday',
    key: 'e',
    range: (today) => ({ from: addDays(today, -1), to: addDays(today, -1) }),
  },
  { name: '7d', title: 'Last 7 days', key: 'w', range: lastDays(7) },
  { name: '30d', title: 'Last 30 days', key: 't', range: lastDays(30) },
  { name: '91d', title: 'Last 91 days', key: 'n', range: lastDays(91) },
  {
    name: 'month',
    title: 'Month to date',
    key: 'm',
    range: (today) => ({ from: startOfMonth(today), to: today }),
  },
  {
    name: 'last-month',
    title: 'Last month',
    key: 'p',
    range: (today) => ({ from: startOfMonth(today, -1), to: addDays(startOfMonth(today), -1) }),
  },
  {
    name: 'year',
    title: 'Year to date',
    key: 'y',
    range: (today) => ({ from: `${today.slice(0, 4)}-01-01`, to: today }),
  },
  {
    name: '12mo',
    title: 'Last 12 months',
    key: 'l',
    range: (today) => ({ from: startOfMonth(today, -11), to: today }),
  },
  { name: 'all', title: 'All time', key: 'a', range: () => 'all' },
];

export const defaultPeriod = '30d';

/** A period of the address: one of the names, or two days. */
export type Period = { name: string; range: DayRange | 'all' };

/** What the address says of the period; what is missing or wrong is the last 30 days. */
export function readPeriod(address: URLSearchParams, today: string): Period {
  const [from, to] = [address.get('from'), address.get('to')];
  if (isDay(from) && isDay(to) && from <= to) return { name: 'custom', range: { from, to } };
  const name = address.get('period') ?? defaultPeriod;
  const choice =
    periods.find((one) => one.name === name) ?? periods.find((one) => one.name === defaultPeriod);
  return { name: choice?.name ?? defaultPeriod, range: choice?.range(today) ?? 'all' };
}

/** What of an address the choice of a period sets. */
export function periodChange(choice: { name: string } | DayRange) {
  if ('from' in choice) return { period: null, ...choice, interval: null, page: null };
  const period = choice.name === defaultPeriod ? null : choice.name;
  return { period, from: null, to: null, interval: null, page: null };
}

/** The period of the same length before or after, as days. */
export function shiftPeriod({ range }: Period, direction: 1 | -1): DayRange | undefined {
  if (range === 'all') return undefined;
  const days = direction * lengthOf(range);
  return { from: addDays(range.from, days), to: addDays(range.to, days) };
}
