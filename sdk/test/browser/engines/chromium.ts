import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { quietFlags } from '../chromium.js';
import { findChromium } from '../find-chromium.js';
import type { Engine, EngineBrowser, StartOptions, Tab } from './engine.js';
import { killTree } from './processes.js';
import { tabOf } from './puppeteer-tab.js';

// Headless Chromium says so in its user agent, and the collector rightly takes that for a bot.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** Debian's Chromium through the DevTools protocol. */
export const chromium: Engine = {
  name: 'chromium',

  async start({ profile, blockStorage }: StartOptions): Promise<EngineBrowser> {
    if (blockStorage) await forbidStorage(profile);
    const browser = await puppeteer.launch({
      executablePath: findChromium() ?? 'chromium',
      userDataDir: profile,
      args: [...quietFlags, `--user-agent=${userAgent}`],
    });
    const child = browser.process();

    /** A window of its own: of the tabs of one window only one is visible. */
    async function open(url: string): Promise<Tab> {
      const page = await browser.newPage({ type: 'window' });
      await page.goto(url);
      return tabOf(page, () => crash(page));
    }

    return {
      version: await browser.version(),
      open,
      kill: async () => void (child && (await killTree(child))),
      close: () => browser.close(),
    };
  },
};

/** What "block all cookies" in the settings writes. */
async function forbidStorage(profile: string): Promise<void> {
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
}

async function crash(page: Page): Promise<void> {
  const crashed = new Promise((resolve) => page.once('error', resolve));
  await Promise.all([crashed, page.goto('chrome://crash').catch(() => undefined)]);
}
