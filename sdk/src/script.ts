import type { Footfall } from './options.js';
import { startScript } from './start-script.js';

/** What the stub has kept: the name of a function, its values, and what takes the result. */
export type Call = [keyof Footfall, unknown[], (result: Promise<void>) => void];

declare global {
  interface Window {
    footfall?: Footfall & { calls?: Call[] };
  }
}

/** The script tag: `<script defer src="https://…/sdk.js" data-site="…"></script>`, with options as data attributes. */
const script = document.currentScript;

const calls = window.footfall?.calls;

// Loaded twice, the first stays in charge. An element with the id `footfall` is a property of window as well.
if (script instanceof HTMLScriptElement && (calls || !window.footfall?.track)) {
  const footfall = startScript(script);
  window.footfall = footfall;
  if (calls) takeOver(calls, footfall);
}

/** Makes the calls that were kept, and those of a page that still holds the stub. */
function takeOver(calls: Call[], footfall: Footfall): void {
  const make = ([name, values, resolve]: Call) => resolve(Reflect.apply(footfall[name], footfall, values));
  calls.forEach(make);
  calls.push = (...more) => {
    more.forEach(make);
    return 0;
  };
}
