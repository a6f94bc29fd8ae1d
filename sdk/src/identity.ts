import { maxIdChars } from '@footfall/schema/limits';
import { cookieless, hold, type Mode, modeFor, off, persistent } from './consent.js';
import { nextId } from './event-id.js';
import type { ConsentState, Options, Units } from './options.js';
import { sessionAt } from './session.js';
import type { Store } from './store.js';
import type { Group } from './wire.js';

export type Identity = {
  mode(): Mode;
  /** The identity that an event of this moment carries. */
  groupAt(nowMs: number): Group;
  /** Who is known, without starting or prolonging a session; undefined where nothing may be stored or sent. */
  units(): Units | undefined;
  setUser(userId: string | null): void;
  /** An opt-out is remembered; of consent the page's own tool remembers the state. */
  consent(state: ConsentState | 'opt-out'): void;
};

const visitorId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Keeps consent, visitor, user and session: in storage when the identity is persistent, else in memory or not at all. */
export function createIdentity(options: Options, store: Store, prefix: string): Identity {
  const visitorKey = `${prefix}visitor`;
  const userKey = `${prefix}user`;
  const sessionKey = `${prefix}session`;
  const optOutKey = `${prefix}optout`;
  let state = options.consent ?? 'granted';
  let user: string | null | undefined;
  let links: true | undefined;

  function mode(): Mode {
    return store.get(optOutKey) ? off : modeFor(state, options, navigator);
  }

  function groupAt(nowMs: number): Group {
    if (mode() < persistent)
      return {
        visitor: user ? { userId: user } : undefined,
        context: { consent: state === 'denied' ? state : 'cookieless' },
      };
    return {
      visitor: { id: visitor(), userId: user ?? store.get(userKey) },
      session: { id: sessionAt(store, sessionKey, nowMs) },
      linkCookieless: links,
      context: { consent: 'granted' },
    };
  }

  function units(): Units | undefined {
    const isKept = mode() === persistent;
    const known = user ?? (isKept ? store.get(userKey) : undefined);
    return mode() > hold ? { visitor: isKept ? visitor() : undefined, user: known, isKept } : undefined;
  }

  function visitor(): string {
    const stored = store.get(visitorKey);
    // The collector refuses a whole batch for an identity that it cannot trust.
    if (stored && visitorId.test(stored)) return stored;
    const id = nextId();
    store.set(visitorKey, id);
    return id;
  }

  function setUser(userId: string | null): void {
    user = userId && String(userId).slice(0, maxIdChars);
    if (user && mode() === persistent) store.set(userKey, user);
    else store.remove(userKey);
  }

  function consent(next: ConsentState | 'opt-out'): void {
    const before = mode();
    if (next === 'opt-out') store.set(optOutKey, '1');
    else state = next;
    if (next === 'granted') store.remove(optOutKey);
    if (before === cookieless && mode() === persistent) links = true;
    forgetUnlessAllowed();
  }

  /** Erases everything that could recognise the visitor. */
  function forgetUnlessAllowed(): void {
    if (mode() !== off && state !== 'denied') return;
    user = links = undefined;
    [visitorKey, userKey, sessionKey, ...store.keys(`${prefix}x.`)].forEach(store.remove);
  }

  forgetUnlessAllowed();
  return { mode, groupAt, units, setUser, consent };
}
