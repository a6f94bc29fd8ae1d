import type { Capture } from '../options.js';

/** Starts a capture that is loaded when the page is quiet. Where it cannot be loaded the rest goes on without it. */
export function whenQuiet(load: () => Promise<Capture>): Capture {
  return (tracker) => {
    function start(): void {
      load()
        .then((capture) => capture(tracker))
        .catch(() => undefined);
    }

    function wait(): void {
      if ('requestIdleCallback' in window) requestIdleCallback(start);
      else setTimeout(start, 200);
    }

    if (document.readyState === 'complete') wait();
    else tracker.listen(window, 'load', wait);
  };
}
