import { z } from 'zod';
import { reachedSql } from '../query/filters/compile-filters.js';
import { safeText } from '../query/filters/filter-schema.js';
import { type Goal, resolveGoal } from '../query/goals.js';
import type { Scope } from './report.js';

const text = safeText.min(1);

/**
 * One thing that visitors do: a page (its path; * any text without a slash, ** any text), an event (the name of a custom
 * one, or a type), or a goal by its name.
 */
export const eventMatchSchema = z
  .strictObject({ page: text.optional(), event: text.optional(), goal: text.optional() })
  .refine((match) => Object.values(match).filter((value) => value !== undefined).length === 1, {
    error: 'expected one of page, event and goal',
  });

export type EventMatch = z.infer<typeof eventMatchSchema>;

/** The condition on a row of footfall.events. */
export function matchEvent(row: string, match: EventMatch, scope: Scope): string {
  return reachedSql(goalOf(match, scope.goals), row, scope.parameters);
}

function goalOf({ page, event, goal }: EventMatch, goals: readonly Goal[]): Goal {
  if (page !== undefined) return { name: page, kind: 'page', pattern: page };
  if (event !== undefined) return { name: event, kind: 'event', pattern: event };
  return resolveGoal(goal ?? '', goals);
}
