import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import type { Store } from './store.js';
import type { WireEvent } from './wire.js';

/** The name under which the session is stored. */
const name = 'session';

/** Engagement, web vitals and exposures tell of what went on, so that they would prolong a session by the time that nothing happened. */
const passive = /^(eng|web|exp)/;

/** The session of an event, shared by all tabs of the site; activity extends it. Stored as `id start lastSeen`. */
export function sessionOf(store: Store, { ts, type }: Pick<WireEvent, 'ts' | 'type'>): string {
  const [stored, start, seen] = store.get(name).split(' ');
  if (stored && passive.test(type)) return stored;
  const sinceStart = ts - Number(start);
  // A clock that was set back ends a session too, which would otherwise last for too long.
  const isLive = ts - Number(seen) <= sessionGapMs && sinceStart < sessionMaxMs && sinceStart >= 0;
  const id = (isLive && stored) || nextId(ts);
  store.set(name, `${id} ${isLive ? start : ts} ${ts}`);
  return id;
}
