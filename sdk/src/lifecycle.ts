/** When the page may end, returns, or gets its network back. */
export type Moments = { onHide: (ends: boolean) => void; onReturn: () => void; onOnline: () => void };

type Listen = (target: EventTarget, type: string, handler: (event: Event) => void) => void;

/**
 * `hidden` is the last event that mobile browsers are sure to send, and `pagehide` the last on navigation.
 * `unload` and `beforeunload` are never used: they keep pages out of the back/forward cache.
 */
export function watchLifecycle(listen: Listen, { onHide, onReturn, onOnline }: Moments): void {
  listen(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? onHide(false) : onReturn()));
  listen(window, 'pagehide', () => onHide(true));
  listen(window, 'online', onOnline);
}

/** Runs the work once the page is seen: a prerendered page or a tab in the background may never be. */
export function whenSeen(listen: Listen, work: () => void): void {
  let waits = true;
  workIfSeen();
  listen(document, 'visibilitychange', workIfSeen);

  function workIfSeen(): void {
    if (!waits || document.visibilityState !== 'visible') return;
    waits = false;
    work();
  }
}
