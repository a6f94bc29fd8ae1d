import { experiments } from './experiments.js';
import type {} from './script.js';
import { startScript } from './start-script.js';

declare global {
  interface Window {
    /** What conditions ask for, and units beside visitor and user; set before the script. */
    footfallAttributes?: Record<string, unknown>;
  }
}

/**
 * The script tag with experiments: `<script src="https://…/sdk-experiments.js" data-site="…" data-cover-ms="500"></script>`, in
 * the head and without defer, so that `footfall.variation()` answers before anything is drawn.
 */
const script = document.currentScript;

if (script instanceof HTMLScriptElement && !window.footfall?.track) {
  const assigned = experiments({
    coverMs: Number(script.dataset.coverMs),
    attributes: window.footfallAttributes,
  });
  window.footfall = { ...startScript(script, [assigned]), ...assigned };
}
