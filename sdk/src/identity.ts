import { maxIdChars } from '@footfall/schema/limits';
import { cookieless, hold, type Mode, modeFor, off, persistent } from './consent.js';
import { nextId } from './event-id.js';
import type { ConsentState, Options, Units } from './options.js';
import { sessionOf } from './session.js';
import type { Store } from './store.js';
import type { Group, WireEvent } from './wire.js';

export type Identity = {
  mode(): Mode;
  /** True where events may be stored and sent. */
  isOpen(): boolean;
  /** The identity that an event of this moment carries. */
  groupAt(event: Pick<WireEvent, 'ts' | 'type'>): Group;
  /** Who is known, without starting or prolonging a session; undefined where nothing may be stored or sent. */
  units(): Units | undefined;
  /** Remembers the user where consent is given, and as long as the page lives where that allows no more. */
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

  const allowed = () => modeFor(state, options, navigator);
  const mode = () => (store.get('optout') ? off : allowed());

  const isOpen = () => mode() > hold;

  function groupAt(event: Pick<WireEvent, 'ts' | 'type'>): Group {
    const { visitor: id, user: userId, isKept } = units() ?? {};
    if (!isKept)
      return {
        visitor: userId ? { userId } : undefined,
        context: { consent: state === 'denied' ? state : 'cookieless' },
      };
    return {
      visitor: { id, userId },
      session: { id: sessionOf(store, event) },
      linkCookieless: links,
      context: { consent: 'granted' },
    };
  }

  function units(): Units | undefined {
    if (!isOpen()) return undefined;
    const isKept = mode() === persistent;
    return {
      visitor: isKept ? visitor() : undefined,
      user: user || (isKept && store.get('user')) || undefined,
      isKept,
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
    if (!isOpen()) return;
    user = userId && String(userId).slice(0, maxIdChars);
    store.remove('user');
    if (user && mode() === persistent) store.set('user', user);
  }

  function consent(next: ConsentState | 'opt-out'): void {
    const before = mode();
    if (next === 'opt-out') store.set('optout', '1');
    else state = next;
    if (next === 'granted') store.remove('optout');
    if (before === cookieless && mode() === persistent) links = true;
    forgetUnless(mode());
  }

  /** Erases everything that could recognise the visitor, unless it is allowed. */
  function forgetUnless(now: Mode): void {
    if (now !== off && state !== 'denied') return;
    user = links = undefined;
    ['visitor', 'user', 'session', ...store.names('x.')].forEach(store.remove);
  }

  // An opt-out has erased it already, so that the storage need not be opened to know.
  forgetUnless(allowed());
  return { mode, isOpen, groupAt, units, setUser, consent };
}
