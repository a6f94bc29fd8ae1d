import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import type { Store } from './store.js';

/** The name under which the session is stored. */
const name = 'session';

/** The session that was last, or nothing: what a passive event belongs to, which neither starts nor prolongs one. */
export function lastSession(store: Store): string | undefined {
  return store.get(name).split(' ')[0];
}

/** The session of all tabs of the site at this moment; activity extends it. Stored as `id start lastSeen`. */
export function sessionAt(store: Store, nowMs: number): string {
  const [stored = '', start, seen] = store.get(name).split(' ');
  const sinceStart = nowMs - Number(start);
  // A clock that was set back ends a session too, which would otherwise last for too long.
  const isLive = nowMs - Number(seen) <= sessionGapMs && sinceStart < sessionMaxMs && sinceStart >= 0;
  const id = isLive ? stored : nextId(nowMs);
  store.set(name, `${id} ${isLive ? start : nowMs} ${nowMs}`);
  return id;
}
