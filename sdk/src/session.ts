import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import { readJson, type Store } from './store.js';

type Session = { id: string; startedAt: number; seenAt: number };

/** The session of all tabs of the site at this moment; activity extends it. */
export function sessionAt(store: Store, { key, nowMs }: { key: string; nowMs: number }): string {
  const stored = readJson<Session>(store, key);
  const session = stored && isLive(stored, nowMs) ? stored : { id: nextId(nowMs), startedAt: nowMs };
  store.set(key, JSON.stringify({ ...session, seenAt: nowMs }));
  return session.id;
}

/** A clock that was set back ends a session too, which would otherwise last for too long. */
function isLive({ startedAt, seenAt }: Session, nowMs: number): boolean {
  return nowMs - seenAt <= sessionGapMs && nowMs - startedAt < sessionMaxMs && nowMs >= startedAt;
}
