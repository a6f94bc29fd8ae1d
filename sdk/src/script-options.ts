import type { ConsentState, Options } from './options.js';

/** What a script element offers of itself. */
type Source = { src: string; dataset: Record<string, string | undefined> };

/** Reads the data attributes: the options under their own names, lists with commas, `data-hash` as true. */
export function optionsFrom({ src, dataset }: Source): Options & { allowFields: string[] } {
  const { site = '', endpoint = new URL(src).origin, identity, whenDenied, release } = dataset;
  return {
    site,
    endpoint,
    identity: identity === 'persistent' ? identity : 'cookieless',
    consent: consentOf(dataset.consent),
    whenDenied: whenDenied === 'cookieless' ? whenDenied : 'nothing',
    persistQueue: dataset.persistQueue !== 'false',
    hash: isOn(dataset.hash),
    allowQuery: listOf(dataset.allowQuery),
    allowFields: listOf(dataset.allowFields),
    respectDoNotTrack: isOn(dataset.respectDoNotTrack),
    debug: isOn(dataset.debug),
    release,
  };
}

/** A misspelled state waits, since it was meant to say something. */
function consentOf(text = 'granted'): ConsentState {
  return text === 'granted' || text === 'denied' ? text : 'pending';
}

function isOn(text = 'false'): boolean {
  return text !== 'false';
}

function listOf(text = ''): string[] {
  return text.split(',').map((name) => name.trim());
}
