import type { Page } from 'puppeteer-core';

/** What nothing on a page may have: a script of a hostile text, an element of one, a link to anything but the web. */
export const harmless = { hit: undefined, refused: [], elements: 0, links: [], handlers: 0 };

/** What of that a page has. */
export function findHarm(page: Page): Promise<object> {
  return page.evaluate(() => ({
    hit: window.hit,
    refused: window.refused,
    elements: document.querySelectorAll('img, iframe, object, script:not([src])').length,
    links: [...document.querySelectorAll('a')]
      .map(({ protocol }) => protocol)
      .filter((name) => !/^https?:$/.test(name)),
    handlers: [...document.querySelectorAll('*')].filter((one) =>
      one.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
  }));
}

/** Types a text into every text field of a part of the page, also where it does not fit. @returns how many there are */
export function fillFields(page: Page, part: string, text: string): Promise<number> {
  return page.$$eval(
    `${part} :is(input:not([type]), input[type=text], input[type=search], textarea)`,
    (all, value) => {
      for (const field of all as HTMLInputElement[]) {
        field.value = value;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));
      }
      return all.length;
    },
    text,
  );
}
