import type { ReadClick } from './click.js';
import { unseen } from './dead-click.js';

const burstMs = 1000;
const burstPixels = 30;

/** Buttons that take fast clicks, by name or by a label without a letter or digit, such as `+` and `>`. */
const stepper = /next|prev|plus|minus|incre|decre|step|qty|quantit|zoom|slide|volume|seek|skip|play|pause/i;
const sign = /^[^\p{L}\d]{1,2}$/u;

/**
 * Tells the click that makes a burst: the third within a second and 30 pixels. A burst counts once, until there is a
 * pause of a second or the pointer has moved on.
 */
export function createRageDetector(): (event: MouseEvent, element: Element, read: ReadClick) => boolean {
  let burst: MouseEvent[] = [];
  let counted = false;

  return function isRage(event, element, read) {
    const isNear = (click: MouseEvent) =>
      event.timeStamp - click.timeStamp <= burstMs &&
      Math.hypot(event.clientX - click.clientX, event.clientY - click.clientY) <= burstPixels;
    counted &&= burst.some(isNear);
    burst = [...burst.slice(-2), event];
    if (counted || burst.length < 3 || !burst.every(isNear)) return false;
    counted = true;
    return !isFastPlace(event, element, read);
  };
}

/**
 * Drawing, playing and typing take fast clicks too. A click without a pointer (detail 0) is a key that is held down;
 * three clicks select a paragraph.
 */
function isFastPlace({ detail }: MouseEvent, element: Element, { elementId, classes, text }: ReadClick) {
  return (
    !detail ||
    element.closest(`${unseen},[role=slider],[role=spinbutton]`) ||
    stepper.test(`${elementId} ${classes} ${text}`) ||
    sign.test(text) ||
    getSelection()?.type === 'Range'
  );
}
