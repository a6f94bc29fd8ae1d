import type { ElementProps, Tracker } from '../options.js';

const maxNameChars = 100;

export const maxSelectorChars = 200;
const maxSteps = 4;

export type ReadElement = { tag: string; elementId: string; classes: string; selector: string };

/** Where a person types: what these hold is never read. */
export const typed = 'input,textarea,select,[contenteditable]';

/** The elements that an event passed, from the one in the innermost open shadow root up to the document's. */
export function elementsOf(event: Event): Element[] {
  return event.composedPath().filter((target) => target instanceof Element);
}

/** A control hides the property or function of its form that has its name, but not that of the prototype. */
export function attributeOf(element: Element, name: string): string {
  return Element.prototype.getAttribute.call(element, name) ?? '';
}

/** As for attributes. */
export function isMatch(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** What tells an element from others, without its content. */
export function describe(element: Element, tracker: Tracker): ElementProps {
  return cleanElement(readElement(element), tracker);
}

/** As it stands in the document. */
export function readElement(element: Element): ReadElement {
  return {
    tag: element.localName,
    elementId: attributeOf(element, 'id'),
    classes: attributeOf(element, 'class'),
    selector: selectorOf(element),
  };
}

/** Apart from reading, since it takes longer. */
export function cleanElement(
  { tag, elementId, classes, selector }: ReadElement,
  { text }: Tracker,
): ElementProps {
  return {
    tag,
    elementId: text(elementId, maxNameChars) || undefined,
    classes: text(classes, maxNameChars) || undefined,
    selector: text(selector, maxSelectorChars),
  };
}

/** A short path that begins at the nearest id. */
export function selectorOf(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | undefined = element; at && steps.length < maxSteps; at = parentOf(at)) {
    steps.unshift(stepOf(at));
    if (attributeOf(at, 'id')) break;
  }
  return steps.join(' > ');
}

/** The host stands for its shadow root. */
function parentOf(element: Element): Element | undefined {
  return element.parentElement ?? Reflect.get(element.getRootNode(), 'host');
}

function stepOf(element: Element): string {
  const id = attributeOf(element, 'id');
  const [firstClass] = attributeOf(element, 'class').match(/\S+/) ?? [];
  return element.localName + (id ? `#${id}` : firstClass ? `.${firstClass}` : '');
}
