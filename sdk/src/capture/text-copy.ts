import type { Capture } from '../options.js';
import { describe, elementsOf, typed } from './describe.js';

/** Records that text of the page was copied or cut: how much and where, never what. Nothing of fields and editors. */
export function textCopy(): Capture {
  return (tracker) => {
    function copied(event: Event): void {
      const selection = getSelection();
      const anchor = selection?.anchorNode;
      const element = anchor instanceof Element ? anchor : anchor?.parentElement;
      const { length } = String(selection ?? '').trim();
      const isTyped = elementsOf(event).some((at) => at.matches(typed));
      if (!element || !length || isTyped || element.closest(typed)) return;
      tracker.send({ type: 'text_copy', props: { ...describe(element, tracker), length } });
    }

    tracker.listen('copy cut', copied);
  };
}
