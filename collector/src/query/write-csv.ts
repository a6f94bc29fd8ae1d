import type { AnswerRow, MetricValue } from './format-answer.js';

// A spreadsheet takes a text that begins like this for a formula (OWASP, CSV injection).
const formula = /^[=+\-@\t\r]/;
const needsQuotes = /[",\r\n]/;

/** One line of CSV (RFC 4180). Amounts of money are their value. */
export function csvLine(row: AnswerRow): string {
  const site = row.site_id === undefined ? [] : [row.site_id];
  const texts = [...site, ...row.dimensions].map((text) => csvCell(text ?? ''));
  return `${[...texts, ...row.metrics.map(writeValue)].join(',')}\r\n`;
}

/** A line of texts, as names are. */
export function csvTexts(texts: readonly string[]): string {
  return `${texts.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function writeValue(value: MetricValue): string {
  if (value === null) return '';
  return String(typeof value === 'number' ? value : value.value);
}
