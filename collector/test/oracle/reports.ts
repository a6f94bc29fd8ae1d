/** Reports in plain code, over all visits of a site: what the statements of the collector are compared with. */

/** An event of a visitor. Times are milliseconds since 1970. */
export type OracleEvent = { id: string; at: number; page?: string; name?: string; value?: number };
export type OracleVisit = {
  visitor: string;
  session: string;
  campaign: string | null;
  events: OracleEvent[];
};

const dayMs = 86_400_000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const startOf = (visit: OracleVisit) => Math.min(...visit.events.map(({ at }) => at));
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
  { steps, windowMs, isStrict }: { steps: Match[]; windowMs: number; isStrict: boolean },
): number[] {
  const reached = steps.map(() => 0);
  for (const events of eventsByVisitor(visits).values()) {
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

/** Visitors by the day of their first visit, and how many of them came n days later. */
export function oracleRetention(visits: OracleVisit[], unitDays: number, firstUnit: string) {
  const unitOf = (at: number) => {
    const since = Math.floor((at - Date.parse(firstUnit)) / (unitDays * dayMs));
    return dayOf(Date.parse(firstUnit) + since * unitDays * dayMs);
  };
  const units = new Map<string, Set<string>>();
  for (const visit of visits) {
    const known = units.get(visit.visitor) ?? new Set();
    units.set(visit.visitor, known.add(unitOf(startOf(visit))));
  }
  const cohorts = new Map<string, Map<number, number>>();
  for (const known of units.values()) {
    const cohort = [...known].sort()[0] ?? '';
    const counts = cohorts.get(cohort) ?? new Map<number, number>();
    for (const unit of known) {
      const period = Math.round((Date.parse(unit) - Date.parse(cohort)) / (unitDays * dayMs));
      counts.set(period, (counts.get(period) ?? 0) + 1);
    }
    cohorts.set(cohort, counts);
  }
  return cohorts;
}

/** Visits by the pages from the first time of one on (or up to it), the same page in a row once. */
export function oraclePaths(
  visits: OracleVisit[],
  { from, to, steps }: { from?: string; to?: string; steps: number },
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { events } of visits) {
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
  { event, lookbackDays }: { event: string; lookbackDays: number },
): { conversions: number; credits: Map<string | null, { credit: Credit; revenue: number }> } {
  const credits = new Map<string | null, { credit: Credit; revenue: number }>();
  let conversions = 0;
  for (const [visitor, events] of eventsByVisitor(visits)) {
    const own = visits
      .filter((visit) => visit.visitor === visitor)
      .sort((a, b) => startOf(a) - startOf(b) || (a.session < b.session ? -1 : 1));
    for (const conversion of events.filter(({ name }) => name === event)) {
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

/** Distinct visitors of the days up to each day. */
export function oracleActive(visits: OracleVisit[], day: string, days: number): number {
  const first = Date.parse(day) - (days - 1) * dayMs;
  const active = visits.filter(
    (visit) => startOf(visit) >= first && startOf(visit) < Date.parse(day) + dayMs,
  );
  return new Set(active.map(({ visitor }) => visitor)).size;
}

/** By the day of the first event of a name: how many visitors came (or did another event) n days later. */
export function oracleEventRetention(
  visits: OracleVisit[],
  { start, back }: { start: string; back?: string },
): Map<string, Map<number, number>> {
  const cohorts = new Map<string, Map<number, number>>();
  for (const [visitor, events] of eventsByVisitor(visits)) {
    const first = events.find(({ name }) => name === start);
    if (!first) continue;
    const own = visits.filter((visit) => visit.visitor === visitor);
    const moments =
      back === undefined ? own.map(startOf) : events.filter(({ name }) => name === back).map(({ at }) => at);
    const cohort = dayOf(first.at);
    const counts = cohorts.get(cohort) ?? new Map<number, number>();
    for (const day of new Set(moments.map(dayOf))) {
      const period = Math.round((Date.parse(day) - Date.parse(cohort)) / dayMs);
      if (period >= 0) counts.set(period, (counts.get(period) ?? 0) + 1);
    }
    cohorts.set(cohort, counts);
  }
  return cohorts;
}
