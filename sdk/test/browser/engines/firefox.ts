import puppeteer from 'puppeteer-core';
import type { Engine, EngineBrowser, StartOptions, Tab } from './engine.js';
import { findFirefox } from './find-browsers.js';
import { descendantsNamed, killAll, killTree } from './processes.js';
import { tabOf } from './puppeteer-tab.js';

/** A process that renders pages; the first 15 characters count. */
const rendererName = /^(Web Content|Isolated Web Co)/;

const preferences = {
  // No process in store: a new tab is in a process that was not there before.
  'dom.ipc.processPrelaunch.enabled': false,
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/** Sites may store nothing: https://searchfox.org/mozilla-central/source/netwerk/cookie/nsICookieService.idl */
const rejectAllStorage = { 'network.cookie.cookieBehavior': 2 };

/** Debian's Firefox through WebDriver BiDi. */
export const firefox: Engine = {
  name: 'firefox',

  async start({ profile, blockStorage }: StartOptions): Promise<EngineBrowser> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: findFirefox() ?? 'firefox',
      userDataDir: profile,
      extraPrefsFirefox: { ...preferences, ...(blockStorage && rejectAllStorage) },
    });
    const child = browser.process();
    const renderers = () => descendantsNamed(child?.pid ?? 0, rendererName);

    /** A window of its own: of the tabs of one window only one is visible. */
    async function open(url: string): Promise<Tab> {
      const before = new Set(renderers());
      const page = await browser.newPage({ type: 'window' });
      await page.goto(url);
      const mine = renderers().filter((pid) => !before.has(pid));
      return tabOf(page, async () => {
        if (mine.length === 0) throw new Error('the page shares its process with another one');
        killAll(mine);
      });
    }

    return {
      version: await browser.version(),
      open,
      kill: async () => void (child && (await killTree(child))),
      close: () => browser.close(),
    };
  },
};
