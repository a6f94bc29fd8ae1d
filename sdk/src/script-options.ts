import type { ConsentState, Options } from './options.js';

/** What only the script tag knows, beside the options of `init`. */
export type ScriptOptions = {
  captures: string[];
  allowFields: string[];
  consoleErrors: boolean;
};

const defaultCaptures = 'pageview,click,scroll,engagement,form,error,vitals';

/** What a script element offers of itself. */
type Source = { src: string; dataset: Record<string, string | undefined> };

/**
 * Reads the data attributes: the options under their own names, lists with commas, `data-hash` as true. The endpoint is the
 * origin of the script, for which no URL is parsed: pages have variables of that name. An inline script has none, and
 * sends to the page's own origin.
 */
export function optionsFrom({ src, dataset }: Source): Omit<Options, 'captures'> & ScriptOptions {
  const { site = '', endpoint = src.split('/', 3).join('/'), identity, whenDenied, release } = dataset;
  return {
    site,
    endpoint,
    identity: identity === 'persistent' ? identity : 'cookieless',
    consent: consentOf(dataset.consent),
    whenDenied: whenDenied === 'cookieless' ? whenDenied : 'nothing',
    persistQueue: dataset.persistQueue !== 'false',
    hash: isOn(dataset.hash),
    allowQuery: listOf(dataset.allowQuery),
    captures: listOf(dataset.captures ?? defaultCaptures),
    allowFields: listOf(dataset.allowFields),
    consoleErrors: isOn(dataset.consoleErrors),
    respectDoNotTrack: isOn(dataset.respectDoNotTrack),
    beforeSend: beforeSendOf(dataset.beforeSend),
    debug: isOn(dataset.debug),
    release,
  };
}

/** A function of the page by its name, looked up when it is needed. One that is not there drops the event. */
function beforeSendOf(name: string | undefined): Options['beforeSend'] {
  return name ? (event) => Reflect.get(window, name)(event) : undefined;
}

/** A misspelled state waits, since it was meant to say something. */
function consentOf(text = 'granted'): ConsentState {
  return text === 'granted' || text === 'denied' ? text : 'pending';
}

function isOn(text = 'false'): boolean {
  return text !== 'false';
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
