import { type Dimension, findDimension } from '../catalog/dimensions.js';
import type { MeasureName } from '../catalog/measures.js';
import { hasBehaviour, leavesOf } from '../filters/compile-filters.js';
import type { Filter } from '../filters/filter-schema.js';
import type { Goal } from '../goals.js';
import type { BucketName } from '../period/buckets.js';
import type { Period } from '../period/resolve-period.js';
import type { AggregateMetric } from '../query-schema.js';
import { isTime } from '../read-query.js';

/**
 * What is counted, by what, of which rows: the part of a query that reads tables. Its SQL answers with the columns d0, d1,
 * … (dimensions), those of the measures by their names, and a0, a0_n, … (aggregates, and of how many values).
 */
export type Core = {
  site: string;
  period: Period;
  timezone: string;
  weekStart: number;
  /** Dimensions; a bucket of time is named `time:day`. */
  dimensions: readonly string[];
  filters: readonly Filter[];
  measures: readonly MeasureName[];
  aggregates: readonly AggregateMetric[];
  goals: readonly Goal[];
};

/** The bucket of a dimension of time. */
export function bucketName(dimension: string): BucketName {
  return dimension.slice('time:'.length) as BucketName;
}

/** `event:goal` is read from the rows `goal`, not from a column. */
export const goalDimension = 'event:goal';

/** The dimension of a name that is neither time nor a goal. */
export function columnDimension(name: string): Dimension | undefined {
  return isTime(name) || name === goalDimension ? undefined : findDimension(name);
}

/**
 * Whom a query is about. visits: nothing but what belongs to visits is named, so that all of it is of the visits that
 * started in the range. pages: of events, pages alone are named, so that visitors are those who viewed them. events: any
 * event in the range.
 */
export type Subject = 'visits' | 'pages' | 'events';

export function chooseSubject({ dimensions, filters }: Pick<Core, 'dimensions' | 'filters'>): Subject {
  const names = [...dimensions.filter((name) => !isTime(name)), ...leavesOf(filters).map((leaf) => leaf[1])];
  const ofEvents = names.filter(isOfEvent);
  if (ofEvents.length > 0) return ofEvents.every((name) => name === 'event:page') ? 'pages' : 'events';
  return names.length > 0 || hasBehaviour(filters) ? 'visits' : 'events';
}

const meant: Record<Subject, Partial<Record<MeasureName, MeasureName>>> = {
  visits: { visitors: 'visit_visitors', pageviews: 'visit_pageviews', events: 'visit_events' },
  pages: { visitors: 'page_visitors' },
  events: {},
};

/** The measure that the name of one means, as far as that depends on the subject. */
export function measureOf(name: MeasureName, subject: Subject): MeasureName {
  return meant[subject][name] ?? name;
}

/** Whether a dimension, a number or `event:goal` is read from events. */
export function isOfEvent(name: string): boolean {
  return name.startsWith('event:');
}

/** The filters without those that name a goal. */
export function withoutGoals(filters: readonly Filter[]): Filter[] {
  return filters.filter((filter) => !leavesOf([filter]).some((leaf) => leaf[1] === goalDimension));
}

/** Whether an aggregate is of events or of visits. */
export function rowOfAggregate({ of }: AggregateMetric): 'event' | 'visit' {
  return isOfEvent(of) ? 'event' : 'visit';
}
