import { expect, it } from 'vitest';
import { cookieless, hold, modeFor, off, persistent, type Signals } from '../../src/consent.js';
import type { ConsentState, Options } from '../../src/options.js';

function modeOf(state: ConsentState, options: Partial<Options> = {}, signals: Signals = {}) {
  return modeFor(state, { site: 's', endpoint: 'e', ...options }, signals);
}

it('holds while consent is pending', () => {
  expect(modeOf('pending', { identity: 'persistent' })).toBe(hold);
});

it('holds where the state is none that it knows, as a script tag may write it', () => {
  expect(modeOf('Denied' as ConsentState)).toBe(hold);
  expect(modeOf('yes' as ConsentState, { respectDoNotTrack: true }, { doNotTrack: '1' })).toBe(hold);
});

it('is cookieless unless the site asks for a persistent identity', () => {
  expect(modeOf('granted')).toBe(cookieless);
  expect(modeOf('granted', { identity: 'persistent' })).toBe(persistent);
});

it('does nothing after a denial, or goes on without identifiers where the site chose so', () => {
  expect(modeOf('denied', { identity: 'persistent' })).toBe(off);
  expect(modeOf('denied', { identity: 'persistent', whenDenied: 'cookieless' })).toBe(cookieless);
});

it('keeps no persistent identity under Global Privacy Control', () => {
  expect(modeOf('granted', { identity: 'persistent' }, { globalPrivacyControl: true })).toBe(cookieless);
});

it('takes Do-Not-Track for a denial only where the site says so', () => {
  expect(modeOf('granted', {}, { doNotTrack: '1' })).toBe(cookieless);
  expect(modeOf('granted', { respectDoNotTrack: true }, { doNotTrack: '1' })).toBe(off);
});
