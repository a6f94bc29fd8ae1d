/**
 * Answers queries over lists of events and visits in plain code: one pass per metric, no plan, no SQL. It shares no code
 * with the collector, whose answers are compared with these.
 */

/** A row of footfall.events. */
export type OracleEvent = {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
  session: string | null;
  visitor: string | null;
  isBot: boolean;
  type: string;
  name: string | null;
  path: string | null;
  host: string | null;
  value: number | null;
  currency: string | null;
  props: Record<string, unknown> | null;
};

/** A row of footfall.sessions. */
export type OracleVisit = {
  startedAt: number;
  lastSeenAt: number;
  id: string;
  visitor: string | null;
  isBot: boolean;
  isVisit: boolean;
  isBounce: boolean;
  pageviews: number;
  events: number;
  texts: Record<string, string | null>;
};

export type OracleData = { events: OracleEvent[]; visits: OracleVisit[] };

type Value = string | number;
export type OracleFilter = [string, ...unknown[]];
export type OracleMetric = string | { fn: string; of: string; as: string };
export type OracleQuery = {
  metrics: OracleMetric[];
  dimensions: string[];
  filters: OracleFilter[];
  /** First and last day, or moments: start, and end without it. */
  range: { from: string; to: string } | { startAt: number; endAt: number };
  timezone: string;
  weekStart: number;
  fillsTime: boolean;
};

export type OracleRow = { dimensions: (string | null)[]; metrics: (number | null)[] };

const dayMs = 86_400_000;
const slotMs = 900_000;

// Clocks of today change at quarter hours alone.
const offsets = new Map<string, number>();

function offsetOf(at: number, timeZone: string): number {
  const slot = Math.floor(at / slotMs) * slotMs;
  const key = `${timeZone} ${slot}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(slot);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  offsets.set(key, offset);
  return offset;
}

function localDay(at: number, zone: string): string {
  return new Date(at + offsetOf(at, zone)).toISOString().slice(0, 10);
}

function localLabel(at: number, zone: string): string {
  const offset = offsetOf(at, zone);
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number) => String(value).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${new Date(at + offset).toISOString().slice(0, 19)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The start of the bucket of a time: a moment or a day. */
function bucketStart(bucket: string, at: number, { timezone, weekStart }: OracleQuery): number | string {
  const local = at + offsetOf(at, timezone);
  if (bucket === 'minute') return at - (local % 60_000);
  if (bucket === 'hour') return at - (local % 3_600_000);
  const day = localDay(at, timezone);
  const [year = '', month = ''] = day.split('-');
  if (bucket === 'day') return day;
  if (bucket === 'month') return `${year}-${month}-01`;
  if (bucket === 'quarter')
    return `${year}-${String(Math.floor((Number(month) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
  if (bucket === 'year') return `${year}-01-01`;
  const daysSince = ((new Date(day).getUTCDay() || 7) - weekStart + 7) % 7;
  return new Date(Date.parse(day) - daysSince * dayMs).toISOString().slice(0, 10);
}

function labelOf(start: number | string, { timezone }: OracleQuery): string {
  return typeof start === 'string' ? start : localLabel(start, timezone);
}

function isInRange(at: number, { range, timezone }: OracleQuery): boolean {
  if ('startAt' in range) return at >= range.startAt && at < range.endAt;
  const day = localDay(at, timezone);
  return day >= range.from && day <= range.to;
}

// ---- values of events and visits

const eventTexts: Record<string, (event: OracleEvent) => string | null> = {
  'event:page': ({ path }) => path,
  'event:hostname': ({ host }) => host,
  'event:type': ({ type }) => type,
  'event:name': ({ type, name }) => (type === 'custom' ? name : type),
  'event:currency': ({ currency }) => currency,
};

function textOf(name: string, event: OracleEvent | undefined, visit: OracleVisit | undefined): string | null {
  if (name.startsWith('event:props:')) {
    const value = event?.props?.[name.slice('event:props:'.length)];
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }
  const read = eventTexts[name];
  if (read) return event ? read(event) : null;
  return visit?.texts[name] ?? null;
}

function numberOf(
  name: string,
  event: OracleEvent | undefined,
  visit: OracleVisit | undefined,
): number | null {
  if (name === 'event:value') return event?.value ?? null;
  if (name === 'visit:duration') return visit ? (visit.lastSeenAt - visit.startedAt) / 1000 : null;
  if (name === 'visit:pageviews') return visit?.pageviews ?? null;
  if (name === 'visit:events') return visit?.events ?? null;
  const value = event?.props?.[name.slice('event:props:'.length)];
  return typeof value === 'number' ? value : null;
}

// ---- filters

type Context = {
  data: Indexed;
  event: OracleEvent | undefined;
  visit: OracleVisit | undefined;
  session: string | null;
};
type Indexed = OracleData & { visitOf: Map<string, OracleVisit>; eventsOf: Map<string, OracleEvent[]> };

function holds(filter: OracleFilter, context: Context): boolean {
  const [operator, second, third, modifiers] = filter;
  switch (operator) {
    case 'and':
      return (second as OracleFilter[]).every((one) => holds(one, context));
    case 'or':
      return (second as OracleFilter[]).some((one) => holds(one, context));
    case 'not':
      return !holds(second as OracleFilter, context);
    case 'has_done':
      return hasDone(second as OracleFilter, context);
    case 'has_not_done':
      return !hasDone(second as OracleFilter, context);
  }
  if (operator.endsWith('_not')) return !holds([operator.slice(0, -4), second, third, modifiers], context);
  if (operator === 'is_not_set') return !holds(['is_set', second], context);
  if (second === 'event:goal')
    return (third as Value[]).some((goal) => reaches(String(goal), operator, context.event));
  const name = second as string;
  if (['gt', 'gte', 'lt', 'lte', 'between'].includes(operator))
    return compares(operator, numberOf(name, context.event, context.visit), third as number[]);
  const text = textOf(name, context.event, context.visit);
  return matches(operator, text, { name, values: ((third ?? []) as Value[]).map(String), modifiers });
}

function hasDone(inner: OracleFilter, { data, session }: Context): boolean {
  if (session === null) return false;
  const visit = data.visitOf.get(session);
  return (data.eventsOf.get(session) ?? []).some((event) => holds(inner, { data, event, visit, session }));
}

const unsetOf: Record<string, string[]> = { 'visit:source': ['Direct / None'] };

function matches(
  operator: string,
  text: string | null,
  { name, values, modifiers }: { name: string; values: string[]; modifiers: unknown },
): boolean {
  const ignoresCase = (modifiers as { case_sensitive?: boolean } | undefined)?.case_sensitive === false;
  const fold = (one: string) => (ignoresCase ? one.toLowerCase() : one);
  if (operator === 'is_set') return text !== null && text !== '';
  if (operator === 'is') {
    const isUnset = text === null || text === '';
    return values.some((value) =>
      value === '' || unsetOf[name]?.includes(value)
        ? isUnset
        : text !== null && fold(text) === fold(name === 'visit:device' ? value.toLowerCase() : value),
    );
  }
  if (text === null) return false;
  if (operator === 'contains')
    return values.some((value) =>
      fold(text).includes(fold(name === 'visit:device' ? value.toLowerCase() : value)),
    );
  return values.some((value) => new RegExp(value, ignoresCase ? 'i' : '').test(text));
}

function compares(operator: string, value: number | null, [first = 0, second = 0]: number[]): boolean {
  if (value === null) return false;
  if (operator === 'gt') return value > first;
  if (operator === 'gte') return value >= first;
  if (operator === 'lt') return value < first;
  if (operator === 'lte') return value <= first;
  return value >= first && value <= second;
}

function reaches(goal: string, operator: string, event: OracleEvent | undefined): boolean {
  if (!event) return false;
  const isCustom = event.type === 'custom' && event.name !== null;
  if (operator === 'contains') return isCustom && (event.name ?? '').includes(goal);
  if (!goal.startsWith('Visit /'))
    return (isCustom && event.name === goal) || (goal !== 'custom' && event.type === goal);
  if (event.type !== 'pageview' || event.path === null) return false;
  const words = goal.slice('Visit '.length).split(/(\*\*?)/);
  const pattern = words.map((word) => (word === '**' ? '.*' : word === '*' ? '[^/]*' : word)).join('');
  return new RegExp(`^${pattern}$`).test(event.path);
}

// ---- which rows a query is about

function namesIn(filters: OracleFilter[]): string[] {
  return filters.flatMap((filter) => {
    if (filter[0] === 'and' || filter[0] === 'or') return namesIn(filter[1] as OracleFilter[]);
    if (filter[0] === 'not') return namesIn([filter[1] as OracleFilter]);
    return filter[0].startsWith('has_') ? [] : [filter[1] as string];
  });
}

function asksBehaviour(filters: OracleFilter[]): boolean {
  return JSON.stringify(filters).includes('"has_');
}

type Row = {
  key: string;
  dimensions: (string | null)[];
  event: OracleEvent | undefined;
  visit: OracleVisit | undefined;
  page?: string | null;
};

function index(data: OracleData): Indexed {
  const visitOf = new Map(
    data.visits.filter(({ isBot, isVisit }) => isVisit && !isBot).map((visit) => [visit.id, visit]),
  );
  const eventsOf = new Map<string, OracleEvent[]>();
  for (const event of data.events) {
    if (event.session === null || event.isBot) continue;
    eventsOf.set(event.session, [...(eventsOf.get(event.session) ?? []), event]);
  }
  return { ...data, visitOf, eventsOf };
}

function goalsNamed(filters: OracleFilter[]): string[] {
  return filters.flatMap((filter) => {
    if (filter[0] === 'and' || filter[0] === 'or') return goalsNamed(filter[1] as OracleFilter[]);
    if (filter[0] === 'not') return goalsNamed([filter[1] as OracleFilter]);
    return filter[0] === 'is' && filter[1] === 'event:goal' ? (filter[2] as Value[]).map(String) : [];
  });
}

/** The values of the dimensions of an event or a visit: several where it reaches several goals, none where it reaches none. */
function placesOf(
  query: OracleQuery,
  { event, visit, at }: { event: OracleEvent | undefined; visit: OracleVisit | undefined; at: number },
): (string | null)[][] {
  let places: (string | null)[][] = [[]];
  for (const name of query.dimensions) {
    let values: (string | null)[];
    if (name.startsWith('time:')) values = [labelOf(bucketStart(name.slice(5), at, query), query)];
    else if (name === 'event:goal') values = goalsReached(query, event);
    else values = [textOf(name, event, visit)];
    places = places.flatMap((place) => values.map((value) => [...place, value]));
  }
  return places;
}

function goalsReached({ filters }: OracleQuery, event: OracleEvent | undefined): string[] {
  const named = [...new Set(goalsNamed(filters))];
  if (named.length > 0) return named.filter((goal) => reaches(goal, 'is', event));
  return event?.type === 'custom' && event.name !== null ? [event.name] : [];
}

/** Events in the range that fit, with the values of their dimensions. */
function hitRows(query: OracleQuery, data: Indexed): Row[] {
  return data.events
    .filter((event) => !event.isBot && isInRange(event.at, query))
    .flatMap((event) => {
      const visit = event.session === null ? undefined : data.visitOf.get(event.session);
      const context = { data, event, visit, session: event.session };
      if (!query.filters.every((filter) => holds(filter, context))) return [];
      return placesOf(query, { event, visit, at: event.at }).map((dimensions) =>
        toRow(dimensions, event, visit),
      );
    });
}

function toRow(
  dimensions: (string | null)[],
  event: OracleEvent | undefined,
  visit: OracleVisit | undefined,
): Row {
  return { key: JSON.stringify(dimensions), dimensions, event, visit };
}

/** Visits that started in the range and fit; where events are asked for, those with such an event, once a value. */
function visitRows(query: OracleQuery, data: Indexed, perPage = false): Row[] {
  const started = [...data.visitOf.values()].filter((visit) => isInRange(visit.startedAt, query));
  const names = [...query.dimensions, ...namesIn(query.filters)];
  if (!perPage && !names.some((name) => name.startsWith('event:'))) {
    return started
      .filter((visit) =>
        query.filters.every((filter) => holds(filter, { data, event: undefined, visit, session: visit.id })),
      )
      .flatMap((visit) =>
        placesOf(query, { event: undefined, visit, at: visit.startedAt }).map((place) =>
          toRow(place, undefined, visit),
        ),
      );
  }
  return started.flatMap((visit) => {
    const rows = new Map<string, Row>();
    for (const event of data.eventsOf.get(visit.id) ?? []) {
      if (!isInRange(event.at, query) || (perPage && event.type !== 'pageview')) continue;
      if (!query.filters.every((filter) => holds(filter, { data, event, visit, session: visit.id })))
        continue;
      for (const place of placesOf(query, { event, visit, at: visit.startedAt })) {
        const row = { ...toRow(place, event, visit), ...(perPage && { page: event.path }) };
        rows.set(`${row.key} ${perPage ? event.path : ''}`, row);
      }
    }
    return [...rows.values()];
  });
}

// ---- metrics

type Counted = { value: number | null; count: number };
type Measured = Map<string, Counted>;

function group(rows: Row[], dimensions: number): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  if (dimensions === 0) groups.set('[]', []);
  for (const row of rows) groups.set(row.key, [...(groups.get(row.key) ?? []), row]);
  return groups;
}

function measure(groups: Map<string, Row[]>, count: (rows: Row[]) => Counted): Measured {
  return new Map([...groups].map(([key, rows]) => [key, count(rows)]));
}

function distinct(values: (string | null | undefined)[]): number {
  return new Set(values.filter((value) => value !== null && value !== undefined)).size;
}

/** Half away from zero, of a fraction of whole numbers: no double is rounded. */
export function roundRatio(numerator: bigint, denominator: bigint, decimals: number): number {
  const scaled = numerator * 10n ** BigInt(decimals) * 2n + (numerator < 0n ? -denominator : denominator);
  return Number(`${scaled / (denominator * 2n)}e-${decimals}`);
}

function ratio(part: number, whole: number, decimals: number, factor = 1): number {
  return whole === 0 ? 0 : roundRatio(BigInt(part) * BigInt(factor), BigInt(whole), decimals);
}

const counted = (value: number): Counted => ({ value, count: value });

function visitorsOf(query: OracleQuery, data: Indexed): Measured {
  const names = [...query.dimensions.filter((name) => !name.startsWith('time:')), ...namesIn(query.filters)];
  const ofEvents = names.filter((name) => name.startsWith('event:'));
  const size = query.dimensions.length;
  if (ofEvents.length === 0 && (names.length > 0 || asksBehaviour(query.filters)))
    return measure(group(visitRows(query, data), size), (rows) =>
      counted(distinct(rows.map(({ visit }) => visit?.visitor))),
    );
  const isPages = ofEvents.length > 0 && ofEvents.every((name) => name === 'event:page');
  const hits = hitRows(query, data).filter(({ event }) => !isPages || event?.type === 'pageview');
  return measure(group(hits, size), (rows) => counted(distinct(rows.map(({ event }) => event?.visitor))));
}

function anyVisitorsOf(query: OracleQuery, data: Indexed): Measured {
  return measure(group(hitRows(query, data), query.dimensions.length), (rows) =>
    counted(distinct(rows.map(({ event }) => event?.visitor))),
  );
}

function withoutGoals(query: OracleQuery): OracleQuery {
  return { ...query, filters: query.filters.filter((filter) => !namesIn([filter]).includes('event:goal')) };
}

/** One metric of every group, by the key of the group. */
function measureMetric(metric: OracleMetric, query: OracleQuery, data: Indexed): Measured {
  const size = query.dimensions.length;
  const hits = () => group(hitRows(query, data), size);
  const visits = () => group(visitRows(query, data), size);
  if (typeof metric !== 'string') return measureAggregate(metric, query, data);
  switch (metric) {
    case 'visitors':
      return visitorsOf(query, data);
    case 'visits':
      return measure(visits(), (rows) => counted(rows.length));
    case 'pageviews':
      return eventsOf(query, data, { isPageviews: true });
    case 'events':
      return eventsOf(query, data, { isPageviews: false });
    case 'views_per_visit':
      return combine(
        eventsOf(query, data, { isPageviews: true }),
        measure(visits(), (rows) => counted(rows.length)),
        (views, count) => ratio(views, count, 2),
      );
    case 'bounce_rate':
      return measure(visits(), (rows) => ({
        value: ratio(rows.filter(({ visit }) => visit?.isBounce).length, rows.length, 1, 100),
        count: rows.length,
      }));
    case 'visit_duration':
      return measure(visits(), (rows) => ({
        value: ratio(durationMs(rows), 1000 * rows.length, 0),
        count: rows.length,
      }));
    case 'scroll_depth':
      return measure(hits(), scrollDepthOf);
    case 'time_on_page':
      return measure(hits(), timeOnPageOf);
    case 'exit_rate':
      return measure(group(visitRows(query, data, true), size), exitRateOf);
    case 'percentage':
      return ofTotal(visitorsOf(query, data), visitorsOf({ ...query, dimensions: [] }, data));
    case 'conversion_rate':
      return ofTotal(
        visitorsOf(query, data),
        anyVisitorsOf({ ...withoutGoals(query), dimensions: [] }, data),
      );
    case 'group_conversion_rate':
      return groupConversion(query, data);
    case 'total_revenue':
      return measure(hits(), (rows) => revenueOf(rows, false));
    case 'average_revenue':
      return measure(hits(), (rows) => revenueOf(rows, true));
    default:
      throw new Error(`oracle: ${metric} is no metric`);
  }
}

/** Of visits alone where nothing else is named: then what counts is what they have, whenever it happened. */
function isOfVisits({ dimensions, filters }: OracleQuery): boolean {
  const names = [...dimensions.filter((name) => !name.startsWith('time:')), ...namesIn(filters)];
  const isNamed = names.length > 0 || asksBehaviour(filters);
  return isNamed && !names.some((name) => name.startsWith('event:'));
}

function eventsOf(query: OracleQuery, data: Indexed, { isPageviews }: { isPageviews: boolean }): Measured {
  const size = query.dimensions.length;
  if (isOfVisits(query)) {
    const countOf = ({ visit }: Row) => (isPageviews ? visit?.pageviews : visit?.events) ?? 0;
    return measure(group(visitRows(query, data), size), (rows) =>
      counted(rows.reduce((sum, row) => sum + countOf(row), 0)),
    );
  }
  return measure(group(hitRows(query, data), size), (rows) =>
    counted(rows.filter(({ event }) => !isPageviews || event?.type === 'pageview').length),
  );
}

function durationMs(rows: Row[]): number {
  return rows.reduce((sum, { visit }) => sum + (visit ? visit.lastSeenAt - visit.startedAt : 0), 0);
}

function combine(first: Measured, second: Measured, divide: (a: number, b: number) => number): Measured {
  const keys = [...new Set([...first.keys(), ...second.keys()])];
  return new Map(
    keys.map((key) => {
      const [a, b] = [first.get(key)?.value ?? 0, second.get(key)?.value ?? 0];
      return [key, { value: divide(a, b), count: a + b }];
    }),
  );
}

function ofTotal(parts: Measured, totals: Measured): Measured {
  const total = totals.get('[]')?.value ?? 0;
  return new Map(
    [...parts].map(([key, { value, count }]) => [key, { value: ratio(value ?? 0, total, 2, 100), count }]),
  );
}

function groupConversion(query: OracleQuery, data: Indexed): Measured {
  const goalAt = query.dimensions.indexOf('event:goal');
  const others = query.dimensions.filter((name) => name !== 'event:goal');
  const base = anyVisitorsOf({ ...withoutGoals(query), dimensions: others }, data);
  return new Map(
    [...visitorsOf(query, data)].map(([key, { value, count }]) => {
      const rest = (JSON.parse(key) as unknown[]).filter((_, at) => at !== goalAt);
      return [key, { value: ratio(value ?? 0, base.get(JSON.stringify(rest))?.value ?? 0, 2, 100), count }];
    }),
  );
}

function propOf(event: OracleEvent | undefined, key: string): number | null {
  const value = event?.props?.[key];
  return typeof value === 'number' ? value : null;
}

function scrollDepthOf(rows: Row[]): Counted {
  const deepest = new Map<string, number>();
  for (const { event } of rows) {
    const key =
      event?.type === 'engagement' ? 'scrollPercent' : event?.type === 'scroll_depth' ? 'percent' : undefined;
    const depth = key === undefined ? null : propOf(event, key);
    if (depth !== null && event?.session)
      deepest.set(event.session, Math.max(depth, deepest.get(event.session) ?? 0));
  }
  const sum = [...deepest.values()].reduce((all, depth) => all + depth, 0);
  return { value: deepest.size === 0 ? null : ratio(sum, deepest.size, 0), count: deepest.size };
}

function timeOnPageOf(rows: Row[]): Counted {
  const engaged = rows.filter(({ event }) => event?.type === 'engagement');
  const visits = distinct(engaged.map(({ event }) => event?.session));
  const known = engaged.map(({ event }) => propOf(event, 'engagedMs')).filter((ms) => ms !== null);
  const sum = known.reduce((all, ms) => all + ms, 0);
  return { value: visits === 0 || known.length === 0 ? null : ratio(sum, 1000 * visits, 0), count: visits };
}

function exitRateOf(rows: Row[]): Counted {
  const viewing = distinct(rows.map(({ visit }) => visit?.id));
  const ending = distinct(
    rows.map(({ visit, page }) => (visit?.texts['visit:exit_page'] === page ? visit?.id : null)),
  );
  return { value: viewing === 0 ? null : ratio(ending, viewing, 1, 100), count: viewing };
}

function revenueOf(rows: Row[], isMean: boolean): Counted {
  const paid = rows.flatMap(({ event }) =>
    event && event.value !== null && event.currency !== null ? [event] : [],
  );
  if (new Set(paid.map(({ currency }) => currency)).size !== 1) return { value: null, count: paid.length };
  const cents = paid.reduce((sum, { value }) => sum + Math.round((value ?? 0) * 100), 0);
  return { value: isMean ? ratio(cents, 100 * paid.length, 2) : cents / 100, count: paid.length };
}

function measureAggregate(
  { fn, of }: { fn: string; of: string },
  query: OracleQuery,
  data: Indexed,
): Measured {
  const rows = of.startsWith('event:') ? hitRows(query, data) : visitRows(query, data);
  const groups = group(rows, query.dimensions.length);
  if (fn === 'count_distinct') {
    return measure(groups, (members) => {
      const values = members.map(({ event, visit }) =>
        isNumber(of) ? numberOf(of, event, visit) : textOf(of, event, visit),
      );
      return {
        value: new Set(values.filter((value) => value !== null)).size,
        count: values.filter((value) => value !== null).length,
      };
    });
  }
  return measure(groups, (members) => {
    const values = members
      .map(({ event, visit }) => numberOf(of, event, visit))
      .filter((value) => value !== null);
    return {
      value:
        values.length === 0
          ? null
          : aggregate(
              fn,
              values.sort((a, b) => a - b),
            ),
      count: values.length,
    };
  });
}

function isNumber(name: string): boolean {
  return ['event:value', 'visit:duration', 'visit:pageviews', 'visit:events'].includes(name);
}

const percentiles: Record<string, number> = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99 };

function aggregate(fn: string, sorted: number[]): number {
  const thousandths = sorted.reduce((sum, value) => sum + BigInt(Math.round(value * 1000)), 0n);
  if (fn === 'min') return sorted[0] ?? 0;
  if (fn === 'max') return sorted.at(-1) ?? 0;
  if (fn === 'sum') return roundRatio(thousandths, 1000n, 3);
  if (fn === 'avg') return roundRatio(thousandths, 1000n * BigInt(sorted.length), 6);
  const place = (percentiles[fn] ?? 0) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (place - Math.floor(place)) * (high - low);
}

// ---- the answer

const nullable = new Set(['scroll_depth', 'time_on_page', 'exit_rate', 'total_revenue', 'average_revenue']);

/** All rows of the answer, in no order that means anything. */
export function answerByHand(query: OracleQuery, data: OracleData): OracleRow[] {
  const indexed = index(data);
  const measured = query.metrics.map((metric) => measureMetric(metric, query, indexed));
  const keys = new Set(
    measured.flatMap((groups) => [...groups].filter(([, { count }]) => count > 0).map(([key]) => key)),
  );
  if (query.dimensions.length === 0) keys.add('[]');
  const all = query.fillsTime ? fill(keys, query) : keys;
  return [...all].map((key) => ({
    dimensions: JSON.parse(key) as (string | null)[],
    metrics: query.metrics.map((metric, at) => measured[at]?.get(key)?.value ?? emptyOf(metric)),
  }));
}

function emptyOf(metric: OracleMetric): number | null {
  if (typeof metric !== 'string') return metric.fn === 'count_distinct' ? 0 : null;
  return nullable.has(metric) ? null : 0;
}

/** Every bucket of the range with every combination of the other dimensions. */
function fill(keys: Set<string>, query: OracleQuery): Set<string> {
  const timeAt = query.dimensions.findIndex((name) => name.startsWith('time:'));
  const rests = new Set(
    [...keys].map((key) => JSON.stringify((JSON.parse(key) as unknown[]).filter((_, at) => at !== timeAt))),
  );
  if (query.dimensions.length === 1) rests.add('[]');
  const filled = new Set(keys);
  for (const label of labelsOf(query)) {
    for (const rest of rests) {
      const values = JSON.parse(rest) as unknown[];
      filled.add(JSON.stringify([...values.slice(0, timeAt), label, ...values.slice(timeAt)]));
    }
  }
  return filled;
}

/** The labels of all buckets of the range: those of its minutes. */
export function labelsOf(query: OracleQuery): string[] {
  const bucket = query.dimensions.find((name) => name.startsWith('time:'))?.slice(5) ?? 'day';
  const { range } = query;
  const [first, last] =
    'startAt' in range
      ? [range.startAt, range.endAt]
      : [Date.parse(range.from) - dayMs, Date.parse(range.to) + 2 * dayMs];
  const labels = new Set<string>();
  for (let at = Math.floor(first / 60_000) * 60_000; at < last; at += 60_000) {
    if (isInRange(at, query) || ('startAt' in range && at + 60_000 > range.startAt))
      labels.add(labelOf(bucketStart(bucket, at, query), query));
  }
  return [...labels];
}
