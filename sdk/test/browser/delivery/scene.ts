import type { Engine, EngineBrowser, StartOptions, Tab } from '../engines/engine.js';
import type { RecordingServer } from '../recording-server.js';
import type { Site } from '../site.js';

type PageOptions = Parameters<Site['serve']>[0];

/** What a scenario works with: a site and a collector of its own, and a browser that it may share. */
export type Scene = {
  server: RecordingServer;
  site: Site;
  serve(options: PageOptions): void;
  /** Opens a page of the site in the browser that the scenarios share. */
  open(path?: string): Promise<Tab>;
  /** Starts a browser that the scenario may kill, with a profile of its own or a given one; it ends with the scenario. */
  start(options?: Partial<StartOptions>): Promise<EngineBrowser>;
  /** A folder for a profile. */
  newProfile(): Promise<string>;
  /** Cuts the tab from the network: by the browser where it can, else at the collector. */
  setOffline(tab: Tab, isOffline: boolean): Promise<void>;
  /** Names of events that this scenario has not used yet, as one sequence whose order is checked. */
  name(count: number): string[];
  /** Resolves when the collector has stored these events. */
  stored(names: string[]): Promise<void>;
};

type Parts = {
  engine: Engine;
  label: string;
  server: RecordingServer;
  site: Site;
  browser: EngineBrowser;
  newProfile: () => Promise<string>;
};

export type RunningScene = Scene & { sequences: string[][]; end(): Promise<void> };

export function createScene({ engine, label, server, site, browser, newProfile }: Parts): RunningScene {
  const sequences: string[][] = [];
  const own: EngineBrowser[] = [];
  const tabs: Tab[] = [];

  function name(count: number): string[] {
    const names = Array.from({ length: count }, (_, n) => `${label}-${sequences.length}-${n}`);
    sequences.push(names);
    return names;
  }

  async function open(path = '/'): Promise<Tab> {
    const tab = await browser.open(site.origin + path);
    tabs.push(tab);
    return tab;
  }

  async function start({ profile, ...options }: Partial<StartOptions> = {}): Promise<EngineBrowser> {
    const mine = await engine.start({ ...options, profile: profile ?? (await newProfile()) });
    own.push(mine);
    return mine;
  }

  async function setOffline(tab: Tab, isOffline: boolean): Promise<void> {
    if (tab.setOffline) await tab.setOffline(isOffline);
    else if (isOffline) await server.turnOff();
    else await server.turnOn();
  }

  return {
    server,
    site,
    serve: site.serve,
    open,
    start,
    newProfile,
    setOffline,
    name,
    stored: (names) => server.until(() => missing(server, names).length === 0),
    sequences,
    end: async () => {
      for (const mine of own) await mine.kill();
      // A scenario has closed some of them itself.
      for (const tab of tabs) await tab.close().catch(() => undefined);
    },
  };
}

function missing(server: RecordingServer, names: string[]): string[] {
  const arrived = new Set(server.stored().map((event) => 'name' in event && event.name));
  return names.filter((name) => !arrived.has(name));
}

/** Tracks events in one task of the page, as a busy page does. */
export function track(tab: Tab, names: string[], { filling = '' } = {}): Promise<void> {
  return tab.run(
    (all, text) => {
      for (const name of all) window.footfall?.track(name, text ? { text } : undefined);
    },
    names,
    filling,
  );
}

/** Tracks events and leaves the page in the same task. */
export function trackAndLeave(
  tab: Tab,
  names: string[],
  { to = '/plain', filling = '' } = {},
): Promise<void> {
  return tab.run(
    (all, path, text) => {
      for (const name of all) window.footfall?.track(name, text ? { text } : undefined);
      location.href = path;
    },
    names,
    to,
    filling,
  );
}
