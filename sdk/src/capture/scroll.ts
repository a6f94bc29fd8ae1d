import type { Capture } from '../options.js';
import { watchDepth } from './scroll-depth.js';

const milestones = [25, 50, 75, 100];

/**
 * Records how far a page was read, at 25, 50, 75 and 100 percent, each once a page. It takes a scroll: a page that
 * fits the screen was not read to its end because it opened, so it records nothing.
 */
export function scroll(): Capture {
  return (tracker) => {
    let deepest = 0;

    watchDepth(tracker, (percent) => {
      for (const milestone of milestones) {
        if (milestone > deepest && milestone <= percent)
          tracker.send({ type: 'scroll_depth', props: { percent: milestone } });
      }
      deepest = Math.max(deepest, percent);
    });
    tracker.onPage(() => {
      deepest = 0;
    });
  };
}
