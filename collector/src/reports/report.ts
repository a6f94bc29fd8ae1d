import type { z } from 'zod';
import type { Transaction } from '../db/database.js';
import type { Goal } from '../query/goals.js';
import type { Parameters } from '../query/parameters.js';
import type { Span } from '../query/raw-scope.js';

/** What a report is asked for, besides its own parameters. The filters of the request are in the conditions. */
export type Scope = {
  parameters: Parameters;
  site: string;
  /** IANA name: where days begin. */
  timezone: string;
  /** First and last day, inclusive, yyyy-mm-dd. */
  from: string;
  to: string;
  /** The moments between which the range lies. */
  span: Span;
  /** ISO 8601 day of the week, 1 is Monday. */
  weekStart: number;
  /** At most this many rows. */
  limit: number;
  nowMs: number;
  goals: readonly Goal[];
  /** What stands behind `from` for the events of the request, and the condition on them. Bots are left out. */
  events(row: string): string;
  eventIn(row: string): string;
  /** The condition on rows of footfall.sessions: visits that started in the range. */
  visitIn(row: string): string;
  /** The same visits at any time. */
  isVisit(row: string): string;
  /** `left join footfall.sessions s …`: the visit of an event. */
  joinVisit(event: string, visit: string): string;
};

/**
 * One report: its parameters, what its numbers mean, and how they are read. Reading happens in a transaction of a reader
 * of the one site.
 */
export type Report<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  /** Its route below /api/v1/. */
  path: string;
  parameters: z.ZodObject<Shape>;
  /** Of the answer, without its meta. */
  answer: z.ZodObject;
  /** By field of the answer. */
  definitions: Record<string, string>;
  read(tx: Transaction, scope: Scope, parameters: z.infer<z.ZodObject<Shape>>): Promise<object>;
};

/** A report whose parameters are as its schema says, as one of many. */
export function defineReport<Shape extends z.ZodRawShape>(report: Report<Shape>): Report {
  const { parameters, read } = report;
  return { ...report, parameters, read: (tx, scope, input) => read(tx, scope, parameters.parse(input)) };
}
