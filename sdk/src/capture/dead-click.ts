import type { Tracker } from '../options.js';
import type { ReadClick } from './click.js';

const waitMs = 2500;

/** Elements whose effect a page cannot see: the browser's own controls, drawings, other documents. */
export const unseen =
  'input:not([type=button],[type=submit]),textarea,select,option,label,summary,canvas,video,audio,iframe,object,embed,[contenteditable],[popovertarget],[commandfor]';

const everything = { attributes: true, characterData: true, childList: true, subtree: true };

type Click = { read: ReadClick; record: (dead?: true) => void };

/**
 * Waits for what a click does, and records it soon after that is known: dead when the document, the address, the scroll
 * position and the selection stay as they are for 2.5 s. What cannot be dead is recorded after the handlers.
 */
export function watchEffects(tracker: Tracker): (event: MouseEvent, click: Click) => void {
  const waiting = new Set<() => void>();

  function settle(): void {
    for (const end of waiting) end();
  }

  tracker.listen('scroll submit toggle', settle);
  // Elements lose the focus too.
  tracker.listen('blur', ({ target }) => target === window && settle());
  tracker.onHide(settle);
  tracker.onPage(settle);

  return function afterEffect(event, { read, record }) {
    function end(dead?: true): void {
      if (!waiting.delete(end)) return;
      clearTimeout(timer);
      observer.disconnect();
      record(dead);
    }

    const { href } = location;
    const canBeDead = mayBeDead(event, read);
    const observer = new MutationObserver(() => setTimeout(tracker.guard(() => end())));
    const timer = setTimeout(
      tracker.guard(() => {
        // A slow server: the browser is on its way to another document.
        const isLeaving =
          !event.defaultPrevented && read.href && tracker.url(read.href) !== tracker.url(href);
        const isDead = canBeDead && !isLeaving && href === location.href && getSelection()?.type !== 'Range';
        end(isDead || undefined);
      }),
      canBeDead ? waitMs : 0,
    );

    waiting.add(end);
    if (!canBeDead) return;
    for (const target of event.composedPath()) {
      if (target instanceof Document || target instanceof ShadowRoot) observer.observe(target, everything);
    }
  };
}

/** Other buttons and modifier keys open tabs and menus; a click beside everything expects nothing. */
function mayBeDead(event: MouseEvent, { tag, download }: ReadClick): boolean {
  const [target] = event.composedPath();
  const isSpecial =
    event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || download;
  return !isSpecial && !/^(html|body)$/.test(tag) && target instanceof Element && !target.closest(unseen);
}
