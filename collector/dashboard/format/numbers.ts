import { amountOf, type MetricValue } from '../api/query.js';
import { locale } from './locale.js';

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const change = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

const compactFrom = 10_000;
const nothing = '–';

/** What a number is of, as the API says in `meta.metrics`. */
export type Unit = 'count' | 'percent' | 'seconds' | 'number' | 'money';

/** A value in few characters: `12.3K`, `48%`, `2m 10s`. */
export function formatShort(value: MetricValue | undefined, unit: Unit): string {
  if (typeof value === 'object' && value !== null) return formatMoney(value, 'compact');
  if (value === undefined || value === null) return nothing;
  if (unit === 'count') return Math.abs(value) < compactFrom ? whole.format(value) : compact.format(value);
  return formatFull(value, unit);
}

/** A value with all its digits. */
export function formatFull(value: MetricValue | undefined, unit: Unit): string {
  if (typeof value === 'object' && value !== null) return formatMoney(value, 'standard');
  if (value === undefined || value === null) return nothing;
  if (unit === 'percent') return percent.format(value / 100);
  if (unit === 'seconds') return formatDuration(value);
  return (unit === 'count' ? whole : decimal).format(value);
}

function formatMoney(money: MetricValue & object, notation: 'compact' | 'standard'): string {
  const digits = notation === 'compact' ? { maximumFractionDigits: 1 } : {};
  try {
    const { currency } = money;
    return new Intl.NumberFormat(locale, { style: 'currency', currency, notation, ...digits }).format(
      money.value,
    );
  } catch {
    return money.long; // a page may send anything as a currency
  }
}

const unitOf = (unit: 'hour' | 'minute' | 'second') =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 0 });
const [hours, minutes, seconds] = [unitOf('hour'), unitOf('minute'), unitOf('second')];

/** Seconds as `1h 3m`, `2m 10s` or `8s`. */
export function formatDuration(value: number): string {
  const total = Math.round(value);
  if (total < 60) return seconds.format(total);
  if (total < 3_600) return `${minutes.format(Math.floor(total / 60))} ${seconds.format(total % 60)}`;
  return `${hours.format(Math.floor(total / 3_600))} ${minutes.format(Math.floor((total % 3_600) / 60))}`;
}

/** The change that the API gives: percent, or points of a value that is percent itself. */
export function formatChange(value: number, unit: Unit): string {
  if (unit === 'percent') return `${points.format(Math.abs(value))} pt`;
  return change.format(Math.abs(value) / 100);
}

/** The part of a whole that a value is, 0 to 1. */
export function shareOf(value: MetricValue | undefined, whole: MetricValue | undefined): number {
  const [part, all] = [amountOf(value) ?? 0, amountOf(whole) ?? 0];
  return all > 0 ? Math.min(1, part / all) : 0;
}

/** A number of bytes, milliseconds or anything else, as a locale writes it. */
export function formatNumber(value: number): string {
  return decimal.format(value);
}
