import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import type { Store } from './store.js';

/** The name under which the session is stored. */
const name = 'session';

/** Engagement, web vitals, exposures: they tell of what went on, so that they would prolong a session by the time that nothing happened. */
const passive = /^(en|w|ex)/;

/**
 * The session of all tabs of the site at this moment; activity extends it, and what is passive belongs to the last one.
 * Stored as `id start lastSeen`.
 */
export function sessionAt(store: Store, nowMs: number, type = ''): string {
  const [stored = '', start, seen] = store.get(name).split(' ');
  if (stored && passive.test(type)) return stored;
  const sinceStart = nowMs - Number(start);
  // A clock that was set back ends a session too, which would otherwise last for too long.
  const isLive = nowMs - Number(seen) <= sessionGapMs && sinceStart < sessionMaxMs && sinceStart >= 0;
  const id = isLive ? stored : nextId(nowMs);
  store.set(name, `${id} ${isLive ? start : nowMs} ${nowMs}`);
  return id;
}
