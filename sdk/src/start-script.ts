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

/** Every capture by its name in `data-captures`. The chunk with the web vitals is beside the script. */
function capturesBy(
  { allowFields, consoleErrors }: ScriptOptions,
  src: string,
): Record<string, () => Capture> {
  return {
    pageview,
    click,
    scroll,
    engagement,
    form: () => form({ allowFields }),
    error: () => error({ console: consoleErrors }),
    // With import() the browser hands on the nonce of this script, and where the policy forbids it the promise says so.
    vitals: () =>
      whenQuiet(async (loadedPage) => {
        const { webVitals } = await import(new URL('vitals.js', src).href);
        return webVitals(loadedPage);
      }),
    copy: textCopy,
    visibility: pageVisibility,
  };
}

/** Starts what a script element asks for by its data attributes, with captures that the bundle adds. */
export function startScript(script: HTMLScriptElement, added: Capture[] = []): Footfall {
  const options = optionsFrom(script);
  const known = capturesBy(options, script.src);
  const captures = options.captures.flatMap((name) => known[name]?.() ?? []);
  return init({ ...options, captures: added.concat(captures) });
}
