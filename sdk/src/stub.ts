import type { Footfall } from './options.js';
import type { Call } from './script.js';

/**
 * For pages that call before the script is there: an inline script that keeps the calls, which the script then makes,
 * in order. What was called early has the time at which the script came.
 */
const calls: Call[] = [];

function keep(name: keyof Footfall) {
  return (...values: unknown[]) => new Promise<void>((resolve) => calls.push([name, values, resolve]));
}

if (!window.footfall?.track) {
  window.footfall = {
    calls,
    track: keep('track'),
    pageview: keep('pageview'),
    identify: keep('identify'),
    consent: keep('consent'),
    optOut: keep('optOut'),
    flush: keep('flush'),
    stop: keep('stop'),
  };
}
