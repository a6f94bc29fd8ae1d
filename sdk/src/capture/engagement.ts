import { isHidden } from '../is-hidden.js';
import type { Capture } from '../options.js';
import { watchDepth } from './scroll-depth.js';

const minMs = 3000;

/**
 * Records how long a page was in sight and in focus, and how far it was scrolled: when it is hidden or left, if three
 * seconds were added or the scroll went deeper since the last time.
 */
export function engagement(): Capture {
  return (tracker) => {
    let engagedMs = 0;
    let since = performance.now();
    let isEngaged = isAttended();
    let deepest = 0;
    let sentDepth = 0;

    /** Adds the time until now, and looks whether it goes on. */
    function count(): void {
      const now = performance.now();
      if (isEngaged) engagedMs += now - since;
      since = now;
      isEngaged = isAttended();
    }

    function send(): void {
      count();
      if (engagedMs < minMs && deepest === sentDepth) return;
      const props = { engagedMs: Math.round(engagedMs), scrollPercent: deepest || undefined };
      tracker.send({ type: 'engagement', props });
      engagedMs = 0;
      sentDepth = deepest;
    }

    tracker.listen('focus blur pageshow visibilitychange', count);
    watchDepth(tracker, (percent) => {
      deepest = Math.max(deepest, percent);
    });
    tracker.onHide(send);
    tracker.onPage(() => {
      send();
      engagedMs = deepest = sentDepth = 0;
    });
  };
}

/** A document whose frame has the focus has it too. */
function isAttended(): boolean {
  return !isHidden() && document.hasFocus();
}
