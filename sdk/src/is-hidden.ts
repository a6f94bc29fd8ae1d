/** By the state, since a form called `hidden` is a property of the document as well. */
export function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}
