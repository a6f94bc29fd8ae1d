import { eventSchema } from '@footfall/schema';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type {} from '../../src/script.js';
import type { WireEvent } from '../../src/wire.js';
import { startChromium, type TestBrowser, watchConsole } from './chromium.js';
import { type RecordingServer, startRecordingServer } from './recording-server.js';
import { type Site, startSite } from './site.js';

export type Setup = {
  server: RecordingServer;
  site: Site;
  /** Opens a page of the site in a new profile, or in the profile of another page. */
  open(path?: string, options?: { beside?: Page }): Promise<Page>;
};

/**
 * One browser for the file, one server and one site for each test. Every page must leave its console empty, and every event
 * that it sends must be one that the collector takes.
 */
export function useBrowser(): () => Promise<Setup> {
  let chromium: TestBrowser;
  let ends: (() => Promise<unknown>)[] = [];
  let consoles: string[][] = [];
  let servers: RecordingServer[] = [];

  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    const printed = consoles.flat();
    const refused = servers.flatMap(refusedOf);
    servers = [];
    ends = [];
    consoles = [];
    expect(printed).toEqual([]);
    expect(refused).toEqual([]);
  });

  return async function setUp() {
    const server = await startRecordingServer();
    servers.push(server);
    const site = await startSite(server.origin);
    ends.push(server.close, site.close);

    async function open(path = '/', { beside }: { beside?: Page } = {}): Promise<Page> {
      const page = await (beside ? beside.browserContext().newPage() : chromium.freshPage());
      consoles.push(watchConsole(page));
      if (!beside) ends.unshift(() => page.browserContext().close());
      await page.goto(site.origin + path);
      return page;
    }

    return { server, site, open };
  };
}

function refusedOf({ received }: RecordingServer): string[] {
  return received
    .flatMap(({ batch }) => batch.events)
    .flatMap((event) => eventSchema.safeParse(event).error?.issues.map(({ message }) => message) ?? []);
}

type EventOf<Type> = Extract<WireEvent, { type: Type }>;

/** Resolves with the events of a type once there are so many of them. */
export async function eventsOf<Type extends WireEvent['type']>(
  server: RecordingServer,
  type: Type,
  count = 1,
): Promise<EventOf<Type>[]> {
  const find = () => server.stored().filter((event): event is EventOf<Type> => event.type === type);
  await server.until(() => find().length >= count);
  return find();
}

/** Brings another tab to the front, so that the page is hidden and without focus; returns how to bring it back. */
export async function hide(page: Page): Promise<() => Promise<void>> {
  const other = await page.browserContext().newPage();
  await other.bringToFront();
  return () => page.bringToFront();
}

/** In the order in which they happened: a click without effect is recorded later. */
export function inOrder<Item extends { id: string }>(events: Item[]): Item[] {
  return [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
}
