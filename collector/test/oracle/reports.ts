/** Reports in plain code, over all visits of a site: what the statements of the collector are compared with. */

/** Days of a local calendar, both inclusive; ISO 8601 day of the week, 1 is Monday. */
export type Calendar = { zone: string; weekStart: number; from: string; to: string };
export type Interval = 'day' | 'week' | 'month';

/** An event of a visitor. Times are milliseconds since 1970. */
export type OracleEvent = { id: string; at: number; page?: string; name?: string; value?: number };
export type OracleVisit = {
  visitor: string;
  session: string;
  campaign: string | null;
  events: OracleEvent[];
};

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The local day of a moment, yyyy-mm-dd. */
function dayOf(at: number, zone: string): string {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  formats.set(zone, format);
  return format.format(at);
}

function isIn(at: number, { zone, from, to }: Calendar): boolean {
  const day = dayOf(at, zone);
  return from <= day && day <= to;
}

const numberOf = (day: string) => Date.parse(day) / dayMs;
const dayAt = (number: number) => new Date(number * dayMs).toISOString().slice(0, 10);

/** The first day of the interval that a day lies in. */
function unitOf(day: string, interval: Interval, weekStart: number): string {
  if (interval === 'day') return day;
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  const weekday = new Date(day).getUTCDay();
  return dayAt(numberOf(day) - ((weekday - weekStart + 7) % 7));
}

function unitsBetween(first: string, second: string, interval: Interval): number {
  const months = (day: string) => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7));
  if (interval === 'month') return months(second) - months(first);
  return (numberOf(second) - numberOf(first)) / (interval === 'week' ? 7 : 1);
}
const startOf = (visit: OracleVisit) => Math.min(...visit.events.map(({ at }) => at));
const dayOfVisit = (visit: OracleVisit, { zone }: Calendar) => dayOf(startOf(visit), zone);
const inOrder = (events: OracleEvent[]) => [...events].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));

function eventsByVisitor(visits: OracleVisit[]): Map<string, OracleEvent[]> {
  const all = new Map<string, OracleEvent[]>();
  for (const { visitor, events } of visits) all.set(visitor, [...(all.get(visitor) ?? []), ...events]);
  return new Map([...all].map(([visitor, events]) => [visitor, inOrder(events)]));
}

export type Match = { page?: string; event?: string };
const matches = (event: OracleEvent, { page, event: name }: Match) =>
  page !== undefined ? event.page === page : event.name === name;

/** How many visitors reach each step: every chain of events from every start is tried. */
export function oracleFunnel(
  visits: OracleVisit[],
  calendar: Calendar,
  { steps, windowMs, isStrict }: { steps: Match[]; windowMs: number; isStrict: boolean },
): number[] {
  const reached = steps.map(() => 0);
  for (const all of eventsByVisitor(visits).values()) {
    const events = all.filter(({ at }) => isIn(at, calendar));
    let best = 0;
    for (const [index, event] of events.entries()) {
      const [first] = steps;
      if (first && matches(event, first))
        best = Math.max(best, reach(events, index, { steps, windowMs, isStrict }));
    }
    for (let step = 0; step < best; step++) reached[step] = (reached[step] ?? 0) + 1;
  }
  return reached;
}

function reach(
  events: OracleEvent[],
  start: number,
  { steps, windowMs, isStrict }: { steps: Match[]; windowMs: number; isStrict: boolean },
): number {
  const startAt = events[start]?.at ?? 0;
  let at = start;
  for (const [index, step] of steps.entries()) {
    if (index === 0) continue;
    const next = isStrict ? at + 1 : events.findIndex((event, place) => place > at && matches(event, step));
    const event = events[next];
    if (next < 0 || !event || !matches(event, step) || event.at - startAt > windowMs) return index;
    at = next;
  }
  return steps.length;
}

type Cohorts = Map<string, Map<number, number>>;

/** Of visitors by the interval of their first visit (or of their first event of a name), how many come n intervals later. */
export function oracleRetention(
  visits: OracleVisit[],
  calendar: Calendar,
  { interval, start, back }: { interval: Interval; start?: string | undefined; back?: string | undefined },
): Cohorts {
  const { zone, weekStart, from, to } = calendar;
  const unitAt = (at: number) => unitOf(dayOf(at, zone), interval, weekStart);
  const cohorts: Cohorts = new Map();
  for (const [visitor, events] of eventsByVisitor(visits)) {
    const came = visits.filter((visit) => visit.visitor === visitor).map(startOf);
    const timesOf = (name: string | undefined) =>
      name === undefined
        ? came
        : events.filter((event) => event.name === name && isIn(event.at, calendar)).map(({ at }) => at);
    const starts = timesOf(start);
    if (starts.length === 0) continue;
    const first = Math.min(...starts);
    const cohort = unitAt(first);
    if (dayOf(first, zone) > to || cohort < unitOf(from, interval, weekStart)) continue;
    const seen = timesOf(back).filter((at) => dayOf(at, zone) <= to);
    const counts = cohorts.get(cohort) ?? new Map<number, number>();
    for (const unit of new Set(seen.map(unitAt))) {
      const period = unitsBetween(cohort, unit, interval);
      if (period >= 0) counts.set(period, (counts.get(period) ?? 0) + 1);
    }
    cohorts.set(cohort, counts);
  }
  return cohorts;
}

/** Visits by the pages from the first time of one on (or up to it), the same page in a row once. */
export function oraclePaths(
  visits: OracleVisit[],
  calendar: Calendar,
  { from, to, steps }: { from?: string | undefined; to?: string | undefined; steps: number },
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { events } of visits.filter((visit) => isIn(startOf(visit), calendar))) {
    const pages = inOrder(events).flatMap(({ page }) => (page === undefined ? [] : [page]));
    const path = pages.filter((page, index) => page !== pages[index - 1]);
    const anchor = path.indexOf(from ?? to ?? path[0] ?? '');
    if (anchor < 0) continue;
    const part =
      to === undefined
        ? path.slice(anchor, anchor + steps + 1)
        : path.slice(Math.max(0, anchor - steps), anchor + 1);
    const key = JSON.stringify(part);
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

export type Credit = Record<'first' | 'last' | 'linear' | 'position' | 'time_decay', number>;

/** Of each event of a name the visits before it, and the parts that each model gives to their campaigns. */
export function oracleAttribution(
  visits: OracleVisit[],
  calendar: Calendar,
  { event, lookbackDays }: { event: string; lookbackDays: number },
): { conversions: number; credits: Map<string | null, { credit: Credit; revenue: number }> } {
  const credits = new Map<string | null, { credit: Credit; revenue: number }>();
  let conversions = 0;
  for (const [visitor, events] of eventsByVisitor(visits)) {
    const own = visits
      .filter((visit) => visit.visitor === visitor)
      .sort((a, b) => startOf(a) - startOf(b) || (a.session < b.session ? -1 : 1));
    for (const conversion of events.filter(({ name, at }) => name === event && isIn(at, calendar))) {
      conversions += 1;
      const touches = own.filter((visit) => {
        const before = conversion.at - startOf(visit);
        return before >= 0 && before <= lookbackDays * dayMs;
      });
      const decays = touches.map((visit) => 0.5 ** ((conversion.at - startOf(visit)) / (7 * dayMs)));
      const decaySum = decays.reduce((sum, decay) => sum + decay, 0);
      for (const [index, touch] of touches.entries()) {
        const parts = partsOf(index, touches.length, (decays[index] ?? 0) / decaySum);
        addCredit(credits, touch.campaign, { parts, value: conversion.value ?? 0 });
      }
    }
  }
  return { conversions, credits };
}

function partsOf(index: number, length: number, time_decay: number): Credit {
  const isFirst = index === 0;
  const isLast = index === length - 1;
  const middle = length > 2 ? 0.2 / (length - 2) : 0;
  const position = length === 1 ? 1 : length === 2 ? 0.5 : isFirst || isLast ? 0.4 : middle;
  return { first: isFirst ? 1 : 0, last: isLast ? 1 : 0, linear: 1 / length, position, time_decay };
}

function addCredit(
  credits: Map<string | null, { credit: Credit; revenue: number }>,
  campaign: string | null,
  { parts, value }: { parts: Credit; value: number },
): void {
  const none: Credit = { first: 0, last: 0, linear: 0, position: 0, time_decay: 0 };
  const found = credits.get(campaign) ?? { credit: none, revenue: 0 };
  const credit = { ...found.credit };
  for (const model of Object.keys(parts) as (keyof Credit)[]) credit[model] += parts[model];
  credits.set(campaign, { credit, revenue: found.revenue + parts.linear * value });
}

/** Distinct visitors with a visit that started on one of so many days up to a day. */
export function oracleActive(
  visits: OracleVisit[],
  calendar: Calendar,
  { day, days }: { day: string; days: number },
) {
  const first = dayAt(numberOf(day) - days + 1);
  const active = visits.filter((visit) => {
    const own = dayOfVisit(visit, calendar);
    return first <= own && own <= day;
  });
  return new Set(active.map(({ visitor }) => visitor)).size;
}

/** Pageviews in the range and visits that have one, by page. */
export function oraclePages(visits: OracleVisit[], calendar: Calendar) {
  const pages = new Map<string, { visits: number; pageviews: number }>();
  for (const { events } of visits) {
    const seen = events.flatMap(({ page, at }) => (page !== undefined && isIn(at, calendar) ? [page] : []));
    for (const page of new Set(seen)) {
      const { visits: before, pageviews } = pages.get(page) ?? { visits: 0, pageviews: 0 };
      pages.set(page, {
        visits: before + 1,
        pageviews: pageviews + seen.filter((one) => one === page).length,
      });
    }
  }
  return pages;
}
