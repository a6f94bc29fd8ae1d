import { maxIdChars } from '@footfall/schema/limits';
import { cookieless, type Mode, modeFor, off, persistent } from './consent.js';
import { nextId } from './event-id.js';
import type { ConsentState, Options } from './options.js';
import { lastSession, sessionAt } from './session.js';
import type { Store } from './store.js';
import type { Group, WireEvent } from './wire.js';

/** Engagement, web vitals and exposures tell of what went on, so that they would prolong a session by the time that nothing happened. */
const passive = /^(eng|web|exp)/;

export type Identity = {
  mode(): Mode;
  /** The identity that an event of this moment carries. */
  groupAt(event: Pick<WireEvent, 'ts' | 'type'>): Group;
  setUser(userId: string | null): void;
  /** An opt-out is remembered; of consent the page's own tool remembers the state. */
  consent(state: ConsentState | 'opt-out'): void;
};

const visitorId = /^[\da-f-]{36}$/;

/** Keeps consent, visitor, user and session: in storage when the identity is persistent, else in memory or not at all. */
export function createIdentity(store: Store, options: Options): Identity {
  let state = options.consent ?? 'granted';
  let user: string | null | undefined;
  let links: true | undefined;

  function mode(): Mode {
    return store.get('optout') ? off : modeFor(state, options, navigator);
  }

  function groupAt({ ts, type }: Pick<WireEvent, 'ts' | 'type'>): Group {
    if (mode() < persistent)
      return {
        visitor: user ? { userId: user } : undefined,
        context: { consent: state === 'denied' ? state : 'cookieless' },
      };
    return {
      visitor: { id: visitor(), userId: user || store.get('user') || undefined },
      session: { id: (passive.test(type) && lastSession(store)) || sessionAt(store, ts) },
      linkCookieless: links,
      context: { consent: 'granted' },
    };
  }

  function visitor(): string {
    const stored = store.get('visitor');
    // The collector refuses a whole batch for an identity that it cannot trust.
    if (visitorId.test(stored)) return stored;
    const id = nextId();
    store.set('visitor', id);
    return id;
  }

  function setUser(userId: string | null): void {
    user = userId && String(userId).slice(0, maxIdChars);
    if (user && mode() === persistent) store.set('user', user);
    else store.remove('user');
  }

  function consent(next: ConsentState | 'opt-out'): void {
    const before = mode();
    if (next === 'opt-out') store.set('optout', '1');
    else state = next;
    if (next === 'granted') store.remove('optout');
    if (before === cookieless && mode() === persistent) links = true;
    forgetUnlessAllowed();
  }

  /** Erases everything that could recognise the visitor. */
  function forgetUnlessAllowed(): void {
    if (mode() !== off && state !== 'denied') return;
    user = links = undefined;
    ['visitor', 'user', 'session'].forEach(store.remove);
  }

  forgetUnlessAllowed();
  return { mode, groupAt, setUser, consent };
}
