import { isHidden } from '../is-hidden.js';
import type { Capture, PageOverrides, Tracker } from '../options.js';
import { whenIdle } from '../when-idle.js';
import { watchCalls } from './watch-calls.js';

const maxRenderMs = 500;

type Finish = (overrides: PageOverrides) => void;

/**
 * Records the first load, navigation within the page, and returns from the back/forward cache. A change of query
 * or fragment alone is no new page; with the `hash` option the path inside the fragment counts.
 */
export function pageview(): Capture {
  return (tracker) => {
    const { listen, beginPage, onHide, guard, options } = tracker;
    let path: string | undefined;
    let url = document.referrer;
    let finish: Finish | undefined;

    function currentPath(): string {
      return location.pathname + (options.hash ? location.hash.replace(/\?.*/, '') : '');
    }

    function locate(): void {
      path = currentPath();
      url = location.href;
    }

    function finishNow(): void {
      finish?.({ url });
      finish = undefined;
    }

    function begin(referrer: string): void {
      finishNow();
      locate();
      const mine = beginPage(referrer);
      finish = mine;
      const rendered = guard(() => finish === mine && finishNow());
      // Routers set the title while they render, which takes until the browser is idle, and of streamed pages longer: there
      // Next 15 takes the old title away first.
      whenIdle(() => (document.title ? rendered() : setTimeout(rendered, maxRenderMs)), maxRenderMs);
    }

    /** A prerendered page or a tab in the background may never be seen. */
    function seen(): void {
      if (!path && !isHidden()) begin(url);
    }

    function navigated(isReplacement: boolean): void {
      if (!path || path === currentPath()) return;
      // A router that replaces a page before it was rendered has redirected: both are one pageview.
      if (finish && isReplacement) locate();
      else begin(url);
    }

    seen();
    listen('visibilitychange', seen);
    watchHistory(tracker, navigated);
    listen('pageshow', (event) => {
      if (event.persisted) begin('');
    });
    onHide(finishNow);
  };
}

/** The Navigation API reports every change; without it the two functions of History are wrapped. */
function watchHistory({ listen, guard }: Tracker, navigated: (isReplacement: boolean) => void): void {
  // An element with the id `navigation` is a property of window as well, where the browser has none of its own.
  if (window.navigation?.currentEntry) {
    const changed = (event: Event) =>
      navigated((event as NavigationCurrentEntryChangeEvent).navigationType === 'replace');
    listen('currententrychange', changed, navigation);
    return;
  }
  listen('popstate hashchange', () => navigated(false));
  for (const name of ['pushState', 'replaceState'] as const)
    watchCalls(
      history,
      name,
      guard(() => navigated(name === 'replaceState')),
    );
}
