import type { ConsentState, Options } from './options.js';
import type { Store } from './store.js';

/** What may happen to an event: wait in memory, nothing, go without identifiers, go with them. */
export type Mode = 'hold' | 'off' | 'cookieless' | 'persistent';

export type Signals = { globalPrivacyControl: boolean; doNotTrack: boolean };

export type Consent = {
  mode(): Mode;
  /** True where events may be stored and sent. */
  isOpen(): boolean;
  isDenied(): boolean;
  set(state: ConsentState): void;
  optOut(): void;
};

/** Decides what consent, the site's choice and the browser's signals allow together. */
export function modeFor(
  state: ConsentState,
  { identity, whenDenied, respectDoNotTrack }: Options,
  { globalPrivacyControl, doNotTrack }: Signals,
): Mode {
  if (state === 'pending') return 'hold';
  const denied = state === 'denied' || (respectDoNotTrack && doNotTrack);
  if (denied) return whenDenied === 'cookieless' ? whenDenied : 'off';
  return identity === 'persistent' && !globalPrivacyControl ? identity : 'cookieless';
}

/** Reads the signals that the visitor set in the browser (https://www.w3.org/TR/gpc/). */
export function privacySignals(): Signals {
  return {
    globalPrivacyControl: Reflect.get(navigator, 'globalPrivacyControl') === true,
    doNotTrack: navigator.doNotTrack === '1',
  };
}

/** Holds the state of this page. Only an opt-out is remembered: the page's consent tool remembers the rest. */
export function createConsent(
  options: Options,
  { store, prefix }: { store: Store; prefix: string },
): Consent {
  const optOutKey = `${prefix}optout`;
  const signals = privacySignals();
  let state = options.consent ?? 'granted';
  let optedOut = store.get(optOutKey) !== null;

  function set(next: ConsentState): void {
    state = next;
    if (next !== 'granted') return;
    optedOut = false;
    store.remove(optOutKey);
  }

  function optOut(): void {
    optedOut = true;
    store.set(optOutKey, '1');
  }

  function mode(): Mode {
    return optedOut ? 'off' : modeFor(state, options, signals);
  }

  return {
    mode,
    isOpen: () => mode() === 'cookieless' || mode() === 'persistent',
    isDenied: () => state === 'denied',
    set,
    optOut,
  };
}
