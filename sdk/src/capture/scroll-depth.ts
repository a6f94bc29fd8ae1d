import type { Tracker } from '../options.js';

/**
 * Calls `reached` with the part of the page, in percent, whose end was in sight after a scroll. An element that fills
 * most of the window and scrolls instead of the document is the page.
 */
export function watchDepth({ listen, guard }: Tracker, reached: (percent: number) => void): void {
  let scroller: Element | null = null;

  /**
   * A ResizeObserver that begins to observe calls back after the layout of the same frame, where reading it is free;
   * in the handler it could be forced.
   */
  const observer = new ResizeObserver(
    guard(() => {
      observer.disconnect();
      if (scroller && isPage(scroller)) reached(percentOf(scroller));
      scroller = null;
    }),
  );

  listen('scroll', ({ target }) => {
    if (!scroller) observer.observe(document.documentElement);
    scroller = target instanceof Element ? target : document.scrollingElement;
  });
}

/** To be at the top takes no scroll: routers go there by themselves. */
function isPage({ scrollTop, clientWidth, clientHeight }: Element): boolean {
  return scrollTop > 0 && 2 * clientWidth > innerWidth && 2 * clientHeight > innerHeight;
}

/** Fractional positions at a zoomed display end up to a pixel before the end. */
function percentOf({ scrollTop, clientHeight, scrollHeight }: Element): number {
  return Math.min(100, Math.floor(((scrollTop + clientHeight + 1) / scrollHeight) * 100));
}
