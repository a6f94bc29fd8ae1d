import type { Options } from './options.js';

/** What only the script tag knows, beside the options of `init`. */
export type ScriptOptions = {
  captures: string[];
  allowFields: string[];
  consoleErrors: boolean;
};

const defaultCaptures = 'pageview,click,scroll,engagement,form,error,vitals';

/** What is taken as it is written. A misspelled word is none of those that are asked for. */
type Texts = Pick<Options, 'site' | 'identity' | 'consent' | 'whenDenied' | 'release'>;

/** What a script element offers of itself. */
type Source = { src: string; dataset: Record<string, string | undefined> };

/**
 * Reads the data attributes: the options under their own names, lists with commas, `data-hash` as true. The endpoint is the
 * origin of the script, for which no URL is parsed: pages have variables of that name. An inline script has none, and
 * sends to the page's own origin.
 */
export function optionsFrom({ src, dataset }: Source): Omit<Options, 'captures'> & ScriptOptions {
  return {
    endpoint: src.split('/', 3).join('/'),
    ...(dataset as Texts),
    persistQueue: dataset.persistQueue !== 'false',
    hash: isOn(dataset.hash),
    allowQuery: listOf(dataset.allowQuery),
    captures: listOf(dataset.captures ?? defaultCaptures),
    allowFields: listOf(dataset.allowFields),
    consoleErrors: isOn(dataset.consoleErrors),
    respectDoNotTrack: isOn(dataset.respectDoNotTrack),
    beforeSend: beforeSendOf(dataset.beforeSend),
    debug: isOn(dataset.debug),
  };
}

/** A function of the page by its name, looked up when it is needed. One that is not there drops the event. */
function beforeSendOf(name: string | undefined): Options['beforeSend'] {
  return name ? (event) => Reflect.get(window, name)(event) : undefined;
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
