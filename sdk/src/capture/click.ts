import type { Capture, ClickProps, Props, Tracker } from '../options.js';
import { cleanProps } from '../redact.js';
import { parseUrl } from '../redact-url.js';
import { watchEffects } from './dead-click.js';
import {
  attributeOf,
  cleanElement,
  elementsOf,
  isMatch,
  type ReadElement,
  readElement,
  typed,
} from './describe.js';
import { createRageDetector } from './rage-click.js';

const interactive =
  'a,button,input,textarea,select,option,label,summary,[onclick],[role=button],[role=link],[role^=menuitem],[tabindex="0"]';
const downloads =
  /\.(7z|apk|csv|dmg|docx?|epub|exe|gz|iso|mp[34]|msi|pdf|pkg|pptx?|rar|txt|wav|xlsx?|xml|zip)$/i;
const middleButton = 1;
const maxTextChars = 80;

/** What was clicked as it stood in the document, before it is cleaned. */
export type ReadClick = ReadElement &
  Pick<ClickProps, 'href' | 'outbound' | 'download' | 'data'> & { text: string };

/**
 * Records clicks on anything, also inside open shadow roots, also with the middle button. The third click of an
 * impatient burst has `rage`; a click without any effect has `dead` and is recorded when that is known, at the time and
 * in the order of the click. The handler reads what the page's own may change; the rest is done when it is recorded.
 */
export function click(): Capture {
  return (tracker) => {
    const isRage = createRageDetector();
    const afterEffect = watchEffects(tracker);

    function clicked(event: MouseEvent): void {
      if (event.button > middleButton) return;
      const path = elementsOf(event);
      const element = path.find((candidate) => isMatch(candidate, interactive)) ?? path[0];
      // The browser clicks the control of a label right afterwards.
      if (!element || (element instanceof HTMLLabelElement && element.control)) return;
      const read = {
        ...readElement(element),
        text: textOf(element),
        ...linkOf(path),
        data: dataOf(path),
      };
      const rage = isRage(event, element, read) || undefined;
      const stamp = tracker.stamp();
      afterEffect(event, {
        read,
        record: (dead) =>
          tracker.send({ type: 'click', props: { ...clean(read, tracker), rage, dead } }, stamp),
      });
    }

    tracker.listen('click auxclick', clicked);
  };
}

function clean(read: ReadClick, tracker: Tracker): ClickProps {
  const { text, href, outbound, download, data } = read;
  return {
    ...cleanElement(read, tracker),
    text: tracker.text(text, maxTextChars) || undefined,
    href: href && tracker.url(href),
    outbound,
    download,
    data: cleanProps(data),
  };
}

/** Never what a person typed: fields, editable text, and whatever contains them stay silent. */
function textOf(element: Element): string {
  if (element.closest(`option,${typed}`) || element.querySelector(`option,${typed}`)) return '';
  // The text of a bare container is the text of the page.
  const isLabel = isMatch(element, interactive) || element.childElementCount === 0;
  const text = element.getAttribute('aria-label') ?? (isLabel ? element.textContent : '');
  return (text ?? '').trim().replace(/\s+/g, ' ');
}

function linkOf(path: Element[]): Pick<ClickProps, 'href' | 'outbound' | 'download'> {
  const link = path.find((element) => isMatch(element, 'a[href],area[href]'));
  if (!link) return {};
  const href = link.getAttribute('href') ?? '';
  const url = parseUrl(href, document.baseURI);
  const isWeb = !!url && /^https?:/.test(url.protocol);
  return {
    href: url?.href ?? href,
    outbound: isWeb && url.host !== location.host,
    download: link.hasAttribute('download') || (isWeb && downloads.test(url.pathname)),
  };
}

/** `data-footfall-plan="pro"` becomes `plan: 'pro'`. */
function dataOf(path: Element[]): Props | undefined {
  let data: Props | undefined;
  for (const element of path) {
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      if (!name.startsWith('data-footfall-')) continue;
      data ??= {};
      data[name.slice(14)] ??= attributeOf(element, name);
    }
  }
  return data;
}
