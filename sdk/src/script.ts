import type { Footfall } from './options.js';
import { startScript } from './start-script.js';

declare global {
  interface Window {
    footfall?: Footfall;
  }
}

/** The script tag: `<script defer src="https://…/sdk.js" data-site="…"></script>`, with options as data attributes. */
const script = document.currentScript;

// Loaded twice, the first stays in charge. An element with the id `footfall` is a property of window as well.
if (script instanceof HTMLScriptElement && !window.footfall?.track) window.footfall = startScript(script);
