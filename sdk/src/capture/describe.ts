import type { ClickProps, Tracker } from '../options.js';

const maxNameChars = 100;
const maxSteps = 4;

/** What tells an element from others, without its content. */
export function describe(element: Element, { text }: Tracker): ClickProps {
  return {
    tag: element.localName,
    elementId: text(element.id, maxNameChars) || undefined,
    classes: text(element.getAttribute('class') ?? '', maxNameChars) || undefined,
    selector: text(selectorOf(element), 2 * maxNameChars),
  };
}

/** A short path that ends at the nearest id. */
function selectorOf(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | null = element; at && steps.length < maxSteps; at = at.parentElement) {
    steps.unshift(stepOf(at));
    if (at.id) break;
  }
  return steps.join(' > ');
}

function stepOf({ localName, id, classList, parentElement }: Element): string {
  if (id) return `${localName}#${id}`;
  const isAlone = parentElement === null || classList.length === 0;
  return isAlone ? localName : `${localName}.${classList[0]}`;
}
