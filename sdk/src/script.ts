import { click } from './capture/click.js';
import { error } from './capture/error.js';
import { form } from './capture/form.js';
import { pageview } from './capture/pageview.js';
import { scroll } from './capture/scroll.js';
import { init } from './init.js';
import type { Footfall } from './options.js';
import { optionsFrom } from './script-options.js';

declare global {
  interface Window {
    footfall?: Footfall;
  }
}

/** The script tag: `<script defer src="https://…/sdk.js" data-site="…"></script>`, with options as data attributes. */
const script = document.currentScript;

// Loaded twice, the first stays in charge. An element with the id `footfall` is a property of window as well.
if (script instanceof HTMLScriptElement && !window.footfall?.track) {
  const { allowFields, ...options } = optionsFrom(script);
  const captures = [pageview(), click(), scroll(), form({ allowFields }), error()];
  window.footfall = init({ ...options, captures });
}
