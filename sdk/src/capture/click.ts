import type { Capture, ClickProps, Props, Tracker } from '../options.js';
import { cleanProps } from '../redact.js';
import { parseUrl } from '../redact-url.js';
import { watchEffects } from './dead-click.js';
import { describe, elementsOf, typed } from './describe.js';
import { createRageDetector } from './rage-click.js';

const interactive =
  'a,button,input,select,textarea,label,summary,option,[onclick],[role=button],[role=link],[role^=menuitem],[tabindex="0"]';
const downloads =
  /\.(7z|apk|csv|dmg|docx?|epub|exe|gz|iso|mp[34]|msi|pdf|pkg|pptx?|rar|txt|wav|xlsx?|xml|zip)$/i;
const middleButton = 1;
const maxTextChars = 80;

/**
 * Records clicks on anything, also inside open shadow roots, also with the middle button. The third click of an
 * impatient burst has `rage`; a click without any effect has `dead` and is recorded when that is known, at the time and
 * in the order of the click.
 */
export function click(): Capture {
  return (tracker) => {
    const isRage = createRageDetector();
    const afterEffect = watchEffects(tracker);

    function clicked(event: Event): void {
      if (!(event instanceof MouseEvent) || event.button > middleButton) return;
      const path = elementsOf(event);
      const element = path.find((candidate) => candidate.matches(interactive)) ?? path[0];
      // The browser clicks the control of a label right afterwards.
      if (!element || (element instanceof HTMLLabelElement && element.control)) return;
      const props = propsOf(element, path, tracker);
      const rage = isRage(event, element, props) || undefined;
      const stamp = tracker.stamp();
      afterEffect(event, {
        props,
        record: (dead) => tracker.send({ type: 'click', props: { ...props, rage, dead } }, stamp),
      });
    }

    tracker.listen('click', clicked);
    tracker.listen('auxclick', clicked);
  };
}

function propsOf(element: Element, path: Element[], tracker: Tracker): ClickProps {
  const text = tracker.text(textOf(element), maxTextChars) || undefined;
  return { ...describe(element, tracker), text, ...linkOf(path, tracker), data: dataOf(path) };
}

/** Never what a person typed: fields, editable text, and whatever contains them stay silent. */
function textOf(element: Element): string {
  if (element.closest(`option,${typed}`) || element.querySelector(`option,${typed}`)) return '';
  // The text of a bare container is the text of the page.
  const isLabel = element.matches(interactive) || element.childElementCount === 0;
  const text = element.getAttribute('aria-label') ?? (isLabel ? element.textContent : '');
  return (text ?? '').trim().replace(/\s+/g, ' ');
}

function linkOf(path: Element[], tracker: Tracker): Partial<ClickProps> {
  const link = path.find((element) => element.matches('a[href],area[href]'));
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

/** `data-footfall-plan="pro"` becomes `plan: 'pro'`. */
function dataOf(path: Element[]): Props | undefined {
  const data: Props = {};
  for (const { attributes } of path) {
    for (const { name, value } of attributes) {
      if (name.startsWith('data-footfall-')) data[name.slice(14)] ??= value;
    }
  }
  return Object.keys(data).length > 0 ? cleanProps(data) : undefined;
}
