import type { Capture, PageOverrides } from '../options.js';
import { whenIdle } from '../when-idle.js';

const maxRenderMs = 500;

type Finish = (overrides: PageOverrides) => void;

/**
 * Records the first load, navigation within the page, and returns from the back/forward cache. A change of query
 * or fragment alone is no new page; with the `hash` option the path inside the fragment counts.
 */
export function pageview(): Capture {
  return ({ listen, beginPage, onHide, guard, hash }) => {
    let path: string | undefined;
    let url = document.referrer;
    let finish: Finish | undefined;

    function currentPath(): string {
      return location.pathname + (hash ? location.hash.replace(/\?.*/, '') : '');
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
      // Routers set the title while they render, which takes until the browser is idle.
      whenIdle(
        guard(() => finish === mine && finishNow()),
        maxRenderMs,
      );
    }

    /** A prerendered page or a tab in the background may never be seen. */
    function seen(): void {
      if (!path && !document.hidden) begin(url);
    }

    function navigated(event: Event): void {
      if (!path || path === currentPath()) return;
      // A router that replaces a page before it was rendered has redirected: both are one pageview.
      if (finish && isReplacement(event)) locate();
      else begin(url);
    }

    seen();
    listen('visibilitychange', seen);
    watchHistory((type, target) => listen(type, navigated, target));
    listen('pageshow', (event) => {
      if (event.persisted) begin('');
    });
    onHide(finishNow);
  };
}

/** The Navigation API reports every change; without it the two functions of History are wrapped. */
function watchHistory(listen: (type: string, target?: EventTarget) => void): void {
  // An element with the id `navigation` is a property of window as well, where the browser has none of its own.
  if (window.navigation?.currentEntry) {
    listen('currententrychange', navigation);
    return;
  }
  for (const type of ['popstate', 'hashchange', 'pushState', 'replaceState']) listen(type);
  announce('pushState');
  announce('replaceState');
}

function announce(name: 'pushState' | 'replaceState'): void {
  const original = history[name];
  history[name] = function announced(...values) {
    original.apply(this, values);
    dispatchEvent(new Event(name));
  };
}

function isReplacement(event: Event): boolean {
  return (
    event.type === 'replaceState' || (event as NavigationCurrentEntryChangeEvent).navigationType === 'replace'
  );
}
