import { click } from './capture/click.js';
import { engagement } from './capture/engagement.js';
import { error } from './capture/error.js';
import { form } from './capture/form.js';
import { pageVisibility } from './capture/page-visibility.js';
import { pageview } from './capture/pageview.js';
import { scroll } from './capture/scroll.js';
import { textCopy } from './capture/text-copy.js';
import { whenQuiet } from './capture/when-quiet.js';
import { init } from './init.js';
import type { Capture, Footfall } from './options.js';
import { optionsFrom, type ScriptOptions } from './script-options.js';

/** What the stub has kept: the name of a function, its values, and what takes the result. */
export type Call = [keyof Footfall, unknown[], (result: Promise<void>) => void];

declare global {
  interface Window {
    footfall?: Footfall & { calls?: Call[] };
  }
}

/** Every capture by its name in `data-captures`. */
function capturesBy({ allowFields, consoleErrors, vitalsUrl }: ScriptOptions): Record<string, () => Capture> {
  return {
    pageview,
    click,
    scroll,
    engagement,
    form: () => form({ allowFields }),
    error: () => error({ console: consoleErrors }),
    // With import() the browser hands on the nonce of this script, and where the policy forbids it the promise says so.
    vitals: () => whenQuiet((loadedPage) => import(vitalsUrl).then(({ webVitals }) => webVitals(loadedPage))),
    copy: textCopy,
    visibility: pageVisibility,
  };
}

/** The script tag: `<script defer src="https://…/sdk.js" data-site="…"></script>`, with options as data attributes. */
const script = document.currentScript;

const calls = window.footfall?.calls;

// Loaded twice, the first stays in charge. An element with the id `footfall` is a property of window as well.
if (script instanceof HTMLScriptElement && (calls || !window.footfall?.track)) {
  const options = optionsFrom(script);
  const captures = capturesBy(options);
  const footfall = init({
    ...options,
    captures: options.captures.flatMap((name) => captures[name]?.() ?? []),
  });
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
