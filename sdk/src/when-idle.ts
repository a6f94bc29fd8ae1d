/** Calls back when the browser has nothing more urgent to do, at the latest after so many milliseconds. */
export function whenIdle(work: () => void, timeout: number): void {
  // Safari has none.
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout });
  else setTimeout(work, 50);
}
