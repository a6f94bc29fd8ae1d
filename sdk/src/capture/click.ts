import type { Capture, ClickProps, Tracker } from '../options.js';
import { parseUrl } from '../redact-url.js';
import { describe } from './describe.js';

const interactive =
  'a,button,input,select,textarea,label,summary,option,[onclick],[role=button],[role=link],[role=tab],[role=option],[role=switch],[role=checkbox],[role=radio],[role^=menuitem]';
const textHolders = 'input,select,textarea,option,[contenteditable]';
const downloads =
  /\.(7z|apk|avi|csv|dmg|docx?|epub|exe|gz|iso|mov|mp[34]|msi|pdf|pkg|pptx?|rar|rtf|txt|wav|xlsx?|xml|zip)$/i;
const middleButton = 1;
const maxTextChars = 80;

/** Records clicks on anything, also inside open shadow roots, also with the middle button. */
export function click(): Capture {
  return (tracker) => {
    function clicked(event: Event): void {
      if (event.type === 'auxclick' && event instanceof MouseEvent && event.button !== middleButton) return;
      const path = event.composedPath().filter((target) => target instanceof Element);
      const element = path.find((candidate) => candidate.matches(interactive)) ?? path[0];
      // The browser clicks the control of a label right afterwards.
      if (element instanceof HTMLLabelElement && element.control) return;
      if (element) tracker.send({ type: 'click', props: propsOf(element, tracker) });
    }

    tracker.listen(document, 'click', clicked);
    tracker.listen(document, 'auxclick', clicked);
  };
}

function propsOf(element: Element, tracker: Tracker): ClickProps {
  const text = tracker.text(textOf(element), maxTextChars) || undefined;
  return { ...describe(element, tracker), text, ...linkOf(element, tracker) };
}

/** Never what a person typed: fields, editable text, and whatever contains them stay silent. */
function textOf(element: Element): string {
  if (element.closest(textHolders) || element.querySelector(textHolders)) return '';
  // The text of a bare container is the text of the page.
  const isLabel = element.matches(interactive) || element.childElementCount === 0;
  const text = element.getAttribute('aria-label') ?? (isLabel ? element.textContent : '');
  return (text ?? '').trim().replace(/\s+/g, ' ');
}

function linkOf(element: Element, tracker: Tracker): Partial<ClickProps> {
  const link = element.closest('a[href],area[href]');
  if (!link) return {};
  const href = link.getAttribute('href') ?? '';
  const url = parseUrl(href, document.baseURI);
  const isWeb = url !== null && /^https?:$/.test(url.protocol);
  return {
    href: tracker.url(url?.href ?? href),
    outbound: isWeb && url.host !== location.host,
    download: link.hasAttribute('download') || (isWeb && downloads.test(url.pathname)),
  };
}
