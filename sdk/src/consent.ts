import type { ConsentState, Options } from './options.js';

/** What may happen to an event: nothing, wait in memory, go without identifiers, go with them. */
export const off = 0;
export const hold = 1;
export const cookieless = 2;
export const persistent = 3;
export type Mode = typeof off | typeof hold | typeof cookieless | typeof persistent;

/** What the visitor set in the browser. */
export type Signals = {
  /** https://www.w3.org/TR/gpc/ */
  globalPrivacyControl?: boolean;
  doNotTrack?: string | null;
};

/** Decides what consent, the site's choice and the browser's signals allow together. */
export function modeFor(
  state: ConsentState,
  options: Options,
  { globalPrivacyControl, doNotTrack }: Signals,
): Mode {
  // A misspelled state waits, since it was meant to say something.
  if (state !== 'granted' && state !== 'denied') return hold;
  if (state === 'denied' || (options.respectDoNotTrack && doNotTrack === '1'))
    return options.whenDenied === 'cookieless' ? cookieless : off;
  return options.identity === 'persistent' && !globalPrivacyControl ? persistent : cookieless;
}
