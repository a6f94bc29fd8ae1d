import { whenSeen } from '../lifecycle.js';
import type { Capture, PageOverrides, Tracker } from '../options.js';

type Finish = (overrides?: PageOverrides) => void;

/**
 * Records the first load, navigation within the page, and returns from the back/forward cache. A change of query
 * or fragment alone is no new page; with the `hash` option the path inside the fragment counts.
 */
export function pageview(): Capture {
  return (tracker) => {
    let path: string | undefined;
    let previousUrl = document.referrer;
    let redirectedTo: PageOverrides = {};
    let finish: Finish | undefined;

    function finishNow(): void {
      finish?.(redirectedTo);
      finish = undefined;
      redirectedTo = {};
    }

    function begin(referrer: string): void {
      finishNow();
      path = currentPath(tracker);
      previousUrl = location.href;
      const mine = tracker.beginPage(referrer);
      finish = mine;
      afterRender(() => finish === mine && finishNow());
    }

    function navigated(event: Event): void {
      if (path === undefined || path === currentPath(tracker)) return;
      if (finish && isReplacement(event)) redirect();
      else begin(previousUrl);
    }

    /** A router that replaces a page before it was rendered has redirected: both are one pageview. */
    function redirect(): void {
      path = currentPath(tracker);
      previousUrl = location.href;
      redirectedTo = { url: previousUrl };
    }

    whenSeen(tracker.listen, () => begin(previousUrl));
    watchHistory(tracker, navigated);
    tracker.listen(window, 'pageshow', (event) => {
      if (event instanceof PageTransitionEvent && event.persisted) begin('');
    });
    tracker.onHide(finishNow);
  };
}

function currentPath({ hash }: Tracker): string {
  return location.pathname + (hash ? location.hash.replace(/\?.*/, '') : '');
}

/** Routers set the title while they render, which takes until the browser is idle. */
function afterRender(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 500 });
  else setTimeout(work, 50);
}

const historyEvent = 'footfall:history';

/** The Navigation API reports every change; without it the two functions of History are wrapped. */
function watchHistory({ listen }: Tracker, navigated: (event: Event) => void): void {
  const navigation: unknown = Reflect.get(window, 'navigation');
  if (navigation instanceof EventTarget) {
    listen(navigation, 'currententrychange', navigated);
    return;
  }
  for (const type of ['popstate', 'hashchange', historyEvent]) listen(window, type, navigated);
  for (const name of ['pushState', 'replaceState'] as const) announce(name);
}

function announce(name: 'pushState' | 'replaceState'): void {
  const original = history[name];
  history[name] = function announced(...values) {
    original.apply(this, values);
    dispatchEvent(new CustomEvent(historyEvent, { detail: name }));
  };
}

function isReplacement(event: Event): boolean {
  return (
    Reflect.get(event, 'navigationType') === 'replace' || Reflect.get(event, 'detail') === 'replaceState'
  );
}
