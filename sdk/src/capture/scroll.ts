import type { Capture } from '../options.js';

const milestones = [25, 50, 75, 100];

/**
 * Records how far a page was read, at 25, 50, 75 and 100 percent, each once a page. It takes a scroll: a page that
 * fits the screen was not read to its end because it opened, so it records nothing.
 */
export function scroll(): Capture {
  return (tracker) => {
    let reached = 0;
    let frame = 0;

    /** Reads at the start of a frame, when the layout is known; in the scroll handler it would be forced. */
    function measure(): void {
      frame = 0;
      const { scrollHeight } = document.documentElement;
      // Fractional positions at a zoomed display end up to a pixel before the end.
      const percent = ((scrollY + innerHeight + 1) / scrollHeight) * 100;
      for (const milestone of milestones) {
        if (milestone <= reached || percent < milestone) continue;
        reached = milestone;
        tracker.send({ type: 'scroll_depth', props: { percent: milestone } });
      }
    }

    function scrolled(): void {
      if (reached < 100) frame = frame || requestAnimationFrame(measure);
    }

    tracker.listen(window, 'scroll', scrolled);
    tracker.onPage(() => {
      reached = 0;
    });
  };
}
