import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { quietFlags } from '../../../sdk/test/browser/chromium.js';
import { findFirefox } from '../../../sdk/test/browser/engines/find-browsers.js';
import { findChromium } from '../../../sdk/test/browser/find-chromium.js';

export type DashboardBrowser = {
  /** A page in a profile of its own, with English as its language unless another is given. */
  open(options?: { width?: number; scheme?: 'light' | 'dark'; language?: string }): Promise<DashboardPage>;
  close(): Promise<void>;
};

export type DashboardPage = {
  page: Page;
  /** What went wrong in it: thrown, logged as an error, or refused by the policy. */
  problems: string[];
  goto(address: string): Promise<void>;
  /** Goes on to an address within the page, as the back button does: nothing is loaded anew. */
  show(address: string): Promise<void>;
  /** Opens an address and signs in by a secret key, as a person would. */
  signIn(address: string, key: string): Promise<void>;
  /** The text of an element, once there is one. */
  text(selector: string): Promise<string>;
  /** Resolves once every part of the page has its answer. */
  settled(): Promise<void>;
  /** Clicks the first element of a selector that has this text. */
  click(selector: string, text?: string): Promise<void>;
  query(name: string): string | null;
  close(): Promise<void>;
};

export type EngineName = 'chromium' | 'firefox';

/** Starts a browser for the dashboard. */
export async function startDashboardBrowser(engine: EngineName): Promise<DashboardBrowser> {
  const userDataDir = await mkdtemp(join(tmpdir(), `footfall-dashboard-${engine}-`));
  const browser = await (engine === 'chromium'
    ? puppeteer.launch({
        executablePath: findChromium() ?? 'chromium',
        userDataDir,
        args: [...quietFlags, '--lang=en-US'],
      })
    : puppeteer.launch({
        browser: 'firefox',
        executablePath: findFirefox() ?? 'firefox',
        userDataDir,
        extraPrefsFirefox: {
          'intl.accept_languages': 'en-US',
          'app.normandy.enabled': false,
          // It would take the keyboard from the page.
          'browser.download.alwaysOpenPanel': false,
        },
      }));
  return {
    open: (options = {}) => openPage(browser, engine, options),
    async close() {
      await browser.close();
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// A page that asks who is there is answered 401, and the browser notes it: nothing to mend.
const expectedNote = /status of (?:401|404)|net::ERR_ABORTED/;

async function openPage(
  browser: Browser,
  engine: EngineName,
  { width = 1280, scheme = 'light', language }: { width?: number; scheme?: string; language?: string },
): Promise<DashboardPage> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !expectedNote.test(message.text())) problems.push(message.text());
  });
  await page.setViewport({ width, height: 900 });
  await page.evaluateOnNewDocument(watchPage, language ?? null, scheme, engine === 'firefox');
  if (engine === 'chromium')
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);

  async function settled(): Promise<void> {
    await page.waitForFunction(
      () => document.querySelector('main') && !document.querySelector('.loading, [aria-busy="true"]'),
    );
  }

  async function goto(address: string): Promise<void> {
    await page.goto(address);
  }

  return {
    page,
    problems,
    goto,
    settled,
    async show(address) {
      const { origin, pathname } = new URL(address);
      if (!page.url().startsWith(origin + pathname)) await goto(address);
      // What is drawn anew begins to load only after it was drawn: a frame later, or where no frame comes, soon.
      await page.evaluate((next) => {
        history.pushState(null, '', next);
        dispatchEvent(new PopStateEvent('popstate'));
        return new Promise<void>((drawn) => {
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn)));
          setTimeout(drawn, 500);
        });
      }, address);
      await page.waitForSelector('main#content');
      await settled();
    },
    async signIn(address, key) {
      await goto(address);
      await page.waitForSelector('input[type=password], main#content');
      await page.locator('::-p-text(Use a secret key), input[placeholder^=ff_]').click();
      await page.locator('input[placeholder^=ff_]').fill(key);
      await page.locator('button[type=submit]').click();
      await page.waitForSelector('main#content');
      await settled();
    },
    async text(selector) {
      const element = await page.waitForSelector(selector);
      return (await element?.evaluate((found) => found.textContent ?? '')) ?? '';
    },
    async click(selector, text) {
      const found = text === undefined ? selector : `${selector} ::-p-text(${text})`;
      await page.locator(found).click();
    },
    query: (name) => new URL(page.url()).searchParams.get(name),
    close: () => context.close(),
  };
}

declare global {
  interface Window {
    /** What the policy refused. */
    refused: string[];
    /** How much of the page has moved by itself. */
    shifts: number;
    /** Set by a script of a hostile text, if one ran. */
    hit?: unknown;
  }
}

/** Runs before the scripts of the page. */
function watchPage(language: string | null, scheme: string, isFirefox: boolean): void {
  window.refused = [];
  window.shifts = 0;
  addEventListener('securitypolicyviolation', (event) =>
    window.refused.push(`${event.violatedDirective} ${event.blockedURI}`),
  );
  if (language !== null) Object.defineProperty(navigator, 'languages', { get: () => [language] });
  // Firefox emulates no colour scheme over WebDriver BiDi: there the choice of the person stands for it.
  if (isFirefox && location.protocol === 'http:') localStorage.setItem('footfall.theme', scheme);
  if (!PerformanceObserver.supportedEntryTypes.includes('layout-shift')) return;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[])
      if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}
