import type { Page } from 'puppeteer-core';
import type { Tab, Work } from './engine.js';

/** What Chromium and Firefox have in common; a crash differs. */
export function tabOf(page: Page, crash: () => Promise<void>): Tab {
  async function hide(): Promise<void> {
    const cover = await page.browser().newPage();
    await cover.bringToFront();
  }

  return {
    goto: async (url) => void (await page.goto(url)),
    run: <Values extends unknown[], Result>(work: Work<Values, Result>, ...values: Values) =>
      page.evaluate(`(${work})(...${JSON.stringify(values)})`) as Promise<Result>,
    click: (selector) => page.click(selector),
    // Puppeteer would wait for an event of loading, which a restored page does not have.
    back: () => page.evaluate(() => history.back()),
    hide,
    setOffline: (isOffline) => page.setOfflineMode(isOffline),
    crash,
    close: () => page.close(),
  };
}
