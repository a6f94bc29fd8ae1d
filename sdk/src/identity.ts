import { isUuidv7 } from '@footfall/schema/ids';
import { maxIdChars } from '@footfall/schema/limits';
import type { Consent } from './consent.js';
import { nextId } from './event-id.js';
import { sessionAt } from './session.js';
import type { Store } from './store.js';
import type { Group } from './wire.js';

export type IdentityKeeper = {
  /** The identity that an event of this moment carries. */
  groupAt(nowMs: number): Group;
  setUser(userId: string | null): void;
  /** From now on batches ask the collector to join the cookieless session that is open. */
  linkCookieless(): void;
  /** Erases everything that could recognise the visitor. */
  forget(): void;
};

type Parts = { store: Store; prefix: string; consent: Consent };

/** Keeps visitor, user and session: in storage when the identity is persistent, else in memory or not at all. */
export function createIdentity({ store, prefix, consent }: Parts): IdentityKeeper {
  const visitorKey = `${prefix}visitor`;
  const userKey = `${prefix}user`;
  const sessionKey = `${prefix}session`;
  let user: string | null = null;
  let links: true | undefined;

  function visitorId(): string {
    const stored = store.get(visitorKey);
    // The collector refuses a whole batch for an identity that it cannot trust.
    if (isUuidv7(stored)) return stored;
    const id = nextId();
    store.set(visitorKey, id);
    return id;
  }

  function persistentGroup(nowMs: number): Group {
    const userId = user ?? store.get(userKey) ?? undefined;
    return {
      visitor: { id: visitorId(), userId },
      session: { id: sessionAt(store, { key: sessionKey, nowMs }) },
      consent: 'granted',
      linkCookieless: links,
    };
  }

  function groupAt(nowMs: number): Group {
    if (consent.mode() === 'persistent') return persistentGroup(nowMs);
    return {
      visitor: user ? { userId: user } : undefined,
      consent: consent.isDenied() ? 'denied' : 'cookieless',
    };
  }

  function setUser(userId: string | null): void {
    user = userId && String(userId).slice(0, maxIdChars);
    if (user && consent.mode() === 'persistent') store.set(userKey, user);
    else store.remove(userKey);
  }

  function forget(): void {
    user = null;
    links = undefined;
    for (const key of [visitorKey, userKey, sessionKey]) store.remove(key);
  }

  function linkCookieless(): void {
    links = true;
  }

  return { groupAt, setUser, forget, linkCookieless };
}
