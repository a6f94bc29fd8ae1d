import type { Capture } from '../options.js';
import { whenIdle } from '../when-idle.js';
import type { Stamp } from '../wire.js';

const maxQuietMs = 5000;

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

    const wait = () => whenIdle(start, maxQuietMs);

    tracker.onPage(() => {
      const stamp = tracker.stamp();
      if (stamp.pageId) loadedPage ??= stamp;
    });
    if (document.readyState === 'complete') wait();
    else tracker.listen('load', wait);
  };
}
