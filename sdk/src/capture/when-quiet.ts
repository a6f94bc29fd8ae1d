import type { Capture } from '../options.js';
import type { Stamp } from '../wire.js';

/** The stamp of the page that was loaded, where the route has changed since. */
export type LoadedPage = () => Stamp | undefined;

/** Starts a capture that is loaded when the page is quiet. Where it cannot be loaded the rest goes on without it. */
export function whenQuiet(load: (loadedPage: LoadedPage) => Promise<Capture>): Capture {
  return (tracker) => {
    let loadedPage: Stamp | undefined;

    function start(): void {
      load(() => loadedPage)
        .then((capture) => capture(tracker))
        .catch(() => undefined);
    }

    function wait(): void {
      if ('requestIdleCallback' in window) requestIdleCallback(start);
      else setTimeout(start, 200);
    }

    tracker.onPage(() => {
      const stamp = tracker.stamp();
      if (stamp.pageId) loadedPage ??= stamp;
    });
    if (document.readyState === 'complete') wait();
    else tracker.listen(window, 'load', wait);
  };
}
