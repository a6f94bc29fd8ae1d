import { typed } from './describe.js';

const burstMs = 1000;
const burstPixels = 30;

/** Drawing, playing and typing take fast clicks. */
const fastPlaces = `canvas,video,audio,object,embed,option,[role=slider],[role=spinbutton],[role=scrollbar],${typed}`;

/** So do the buttons that step: by name, or by a label without a letter or digit, such as `+` and `>`. */
const stepper =
  /next|prev|plus|minus|incre|decre|step|qty|quantit|zoom|slide|carousel|volume|seek|skip|play|pause|mute|rewind|forward/i;
const sign = /^[^\p{L}\p{N}\s]{1,2}$/u;

/**
 * Tells the click that makes a burst: the third within a second and 30 pixels. A burst counts once, until there is a
 * pause of a second or the pointer has moved on.
 */
export function createRageDetector(): (event: MouseEvent, element: Element) => boolean {
  let burst: MouseEvent[] = [];
  let counted = false;

  return function isRage(event, element) {
    if (!burst.some((click) => isNear(click, event))) {
      burst = [];
      counted = false;
    }
    burst = [...burst.slice(-2), event];
    const isBurst = burst.length > 2 && burst.every((click) => isNear(click, event));
    if (counted || !isBurst) return false;
    counted = true;
    return !isFastPlace(event, element);
  };
}

function isNear(a: MouseEvent, b: MouseEvent): boolean {
  const pixels = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  return pixels <= burstPixels && b.timeStamp - a.timeStamp <= burstMs;
}

/** A click without a pointer (detail 0) is a key that is held down; three clicks select a paragraph. */
function isFastPlace({ detail }: MouseEvent, element: Element): boolean {
  const names = [element.id, element.getAttribute('class'), element.getAttribute('aria-label')].join(' ');
  return (
    detail === 0 ||
    element.closest(fastPlaces) !== null ||
    stepper.test(names) ||
    sign.test(element.textContent?.trim() ?? '') ||
    getSelection()?.type === 'Range'
  );
}
