import type { Database } from '../db/database.js';
import { refreshRollups } from '../rollups/refresh.js';
import type { DayRange, Source } from './day-range.js';
import { fromEvents } from './from-events.js';
import { fromRollups } from './from-rollups.js';

/**
 * Rollups, after the days that events have reached since are made again: so that whatever was acknowledged before the
 * question is counted. Where that would take longer than reading the events themselves, the events.
 */
export async function chooseSource(database: Database, days: DayRange): Promise<Source> {
  return (await refreshRollups(database, days)) ? fromRollups : fromEvents;
}
