import { escapeHtml, type Message } from '../notifications/message.js';
import type { Overview } from '../query/overview.js';
import type { Frequency } from './due-period.js';

export type Written = {
  overview: Overview;
  /** Of the site. */
  name: string;
  frequency: Frequency;
  publicUrl: string | undefined;
};

type Line = { label: string; value: string; change: string };
type Section = { title: string; rows: { label: string; value: number }[] };

const maxRows = 5;
const footer =
  'You get this because your address is on the list of this report; an admin of the site can change the list.';

/** The numbers of an overview as an e-mail, in text and in HTML without pictures, scripts or links but one. */
export function writeReport(written: Written): Message {
  const { overview, name, frequency, publicUrl } = written;
  const title = `${name}: ${overview.from} to ${overview.to}`;
  const totals = describeTotals(overview);
  const sections = describeSections(overview);
  const link = publicUrl && `${publicUrl}/dashboard`;
  return {
    event: `report.${frequency}`,
    data: {},
    subject: `${title} (${frequency} report)`,
    text: toText({ title, totals, sections, link }),
    html: toHtml({ title, totals, sections, link }),
  };
}

function describeTotals(overview: Overview): Line[] {
  const { previous } = overview;
  const line = (label: string, now: number, before: number, show = formatCount) => ({
    label,
    value: show(now),
    change: describeChange(now, before),
  });
  return [
    line('Visitors', overview.visitors, previous.visitors),
    line('Sessions', overview.sessions, previous.sessions),
    line('Pageviews', overview.pageviews, previous.pageviews),
    line('Bounce rate', overview.bounce_rate, previous.bounce_rate, formatPercent),
    line('Mean visit', overview.visit_duration, previous.visit_duration, formatSeconds),
  ];
}

function describeSections({ pages, referrers, countries }: Overview): Section[] {
  const sections = [
    {
      title: 'Pages (pageviews)',
      rows: pages.map(({ path, pageviews }) => ({ label: path, value: pageviews })),
    },
    {
      title: 'Sources (visitors)',
      rows: referrers.map((row) => ({ label: row.source, value: row.visitors })),
    },
    {
      title: 'Countries (visitors)',
      rows: countries.map((row) => ({ label: row.country, value: row.visitors })),
    },
  ];
  return sections.map(({ title, rows }) => ({
    title,
    rows: rows.slice(0, maxRows).map(({ label, value }) => ({ label: label ?? '(none)', value })),
  }));
}

type Parts = { title: string; totals: Line[]; sections: Section[]; link: string | undefined };

function toText({ title, totals, sections, link }: Parts): string {
  return [
    title,
    '',
    ...totals.map(({ label, value, change }) => `${label}: ${value} (${change})`),
    ...sections.flatMap((section) => [
      '',
      section.title,
      ...section.rows.map(({ label, value }) => `  ${formatCount(value)}  ${label}`),
    ]),
    '',
    ...(link === undefined ? [] : [link]),
    footer,
  ].join('\n');
}

function toHtml({ title, totals, sections, link }: Parts): string {
  const cells = (...values: string[]) =>
    `<tr>${values.map((value) => `<td>${escapeHtml(value)}</td>`).join('')}</tr>`;
  return [
    '<!doctype html><meta charset="utf-8">',
    `<h1>${escapeHtml(title)}</h1>`,
    `<table>${totals.map(({ label, value, change }) => cells(label, value, change)).join('')}</table>`,
    ...sections.flatMap((section) => [
      `<h2>${escapeHtml(section.title)}</h2>`,
      `<table>${section.rows.map(({ label, value }) => cells(formatCount(value), label)).join('')}</table>`,
    ]),
    ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`]),
    `<p>${escapeHtml(footer)}</p>`,
  ].join('\n');
}

function describeChange(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'as before' : 'none before';
  const percent = Math.round(((now - before) / before) * 100);
  return `${percent > 0 ? '+' : ''}${percent} % on the period before`;
}

function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

function formatPercent(value: number): string {
  return `${Math.round(value)} %`;
}

function formatSeconds(value: number): string {
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}
