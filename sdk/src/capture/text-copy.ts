import type { Capture } from '../options.js';
import { describe, typed } from './describe.js';

/** Records that text of the page was copied or cut: how much and where, never what. Nothing of fields and editors. */
export function textCopy(): Capture {
  return (tracker) => {
    function copied(event: Event): void {
      const [target] = event.composedPath();
      const selection = getSelection();
      const anchor = selection?.anchorNode;
      const element = anchor instanceof Element ? anchor : anchor?.parentElement;
      const { length } = String(selection ?? '').trim();
      if (!element || !length || element.closest(typed) || (target instanceof Element && target.closest(typed)))
        return;
      tracker.send({ type: 'text_copy', props: { ...describe(element, tracker), length } });
    }

    tracker.listen(document, 'copy', copied);
    tracker.listen(document, 'cut', copied);
  };
}
