import type { Capture } from '../options.js';

/** Records when the page is hidden and seen again, with the milliseconds that the state before lasted. */
export function pageVisibility(): Capture {
  return (tracker) => {
    let state = document.visibilityState;
    let since = performance.now();

    function changed(): void {
      if (document.visibilityState === state) return;
      const now = performance.now();
      const previousMs = Math.round(now - since);
      state = document.visibilityState;
      since = now;
      tracker.send({ type: 'page_visibility', props: { state, previousMs } });
    }

    tracker.onHide(changed);
    tracker.listen('visibilitychange', changed);
  };
}
