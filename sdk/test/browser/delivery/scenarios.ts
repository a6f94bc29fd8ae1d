import type {} from '../../../src/script.js';
import type { EngineName } from '../engines/engine.js';
import { type Scene, track, trackAndLeave } from './scene.js';

export type Scenario = {
  title: string;
  run(scene: Scene): Promise<void>;
  /** Engines that have no such thing, what shows it, and where that is written down. */
  absent?: Partial<Record<EngineName, { isAbsent: (scene: Scene) => Promise<boolean>; source: string }>>;
};

const fourKilobytes = 'lorem ipsum '.repeat(342);
const plain = '<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><p>No script here.';

/** What may happen between an event and its delivery. Each resolves when the collector has stored every event. */
export const scenarios: Scenario[] = [
  { title: '20 events, then navigate', run: navigate },
  { title: '20 events, then close the tab', run: closeTab },
  { title: '30 events of 4 KB, then navigate and come back', run: navigateWithMuch },
  { title: 'offline, close, reopen', run: offlineAndClose },
  {
    title: 'offline, quit the browser, start it again',
    run: offlineAndQuit,
    absent: {
      // A browser that is automated keeps its storage in memory.
      webkit: {
        isAbsent: forgetsWhenQuit,
        source: 'https://bugs.webkit.org/show_bug.cgi?id=276225',
      },
    },
  },
  { title: 'offline, then online', run: offlineAndOnline },
  { title: '503 for a while', run: unavailable },
  { title: '429 with Retry-After', run: tooMany },
  { title: '413 for what is larger than 3 KB', run: tooLarge },
  { title: 'the server answers, the answer is lost', run: lostAnswer },
  { title: 'the renderer crashes', run: crash },
  { title: 'hidden, then the browser is killed', run: hiddenAndKilled },
  { title: 'two tabs, one crashes', run: twoTabs },
  { title: 'storage is full', run: storageFull },
  { title: 'storage is blocked', run: storageBlocked },
  { title: 'back/forward cache', run: restored },
  {
    title: 'prerendered',
    run: prerendered,
    absent: {
      firefox: {
        isAbsent: lacksPrerendering,
        source: 'https://github.com/mozilla/standards-positions/issues/620',
      },
      webkit: {
        isAbsent: lacksPrerendering,
        source: 'https://github.com/WebKit/standards-positions/issues/54',
      },
    },
  },
  { title: 'track() in the click handler of a link', run: clickHandler },
  { title: 'a clock two years ahead', run: wrongClock },
];

async function navigate({ open, serve, name, stored }: Scene): Promise<void> {
  serve({ pages: { '/plain': plain } });
  const tab = await open();
  const names = name(20);
  await trackAndLeave(tab, names);
  await stored(names);
}

async function closeTab({ open, name, stored }: Scene): Promise<void> {
  const tab = await open();
  const names = name(20);
  await track(tab, names);
  await tab.close();
  await stored(names);
}

async function navigateWithMuch({ open, serve, site, name, stored }: Scene): Promise<void> {
  serve({ pages: { '/plain': plain } });
  const tab = await open();
  const names = name(30);
  await trackAndLeave(tab, names, { filling: fourKilobytes });
  await site.asked('/plain');
  await tab.goto(`${site.origin}/back`);
  await stored(names);
}

async function offlineAndClose({ open, setOffline, name, stored }: Scene): Promise<void> {
  const tab = await open();
  await setOffline(tab, true);
  const names = name(20);
  await track(tab, names);
  await tab.close();
  const next = await open('/again');
  await setOffline(next, false);
  await stored(names);
}

/** The browser that is started again has the profile of the first, and nothing else of it. */
async function offlineAndQuit({ start, newProfile, site, setOffline, name, stored }: Scene): Promise<void> {
  const profile = await newProfile();
  const first = await start({ profile });
  const tab = await first.open(`${site.origin}/`);
  await setOffline(tab, true);
  const names = name(20);
  await track(tab, names);
  await first.close();
  const second = await start({ profile });
  await setOffline(await second.open(`${site.origin}/again`), false);
  await stored(names);
}

async function forgetsWhenQuit({ start, newProfile, site }: Scene): Promise<boolean> {
  const profile = await newProfile();
  const first = await start({ profile });
  await (await first.open(`${site.origin}/`)).run(() => localStorage.setItem('kept', 'yes'));
  await first.close();
  const second = await start({ profile });
  return (await second.open(`${site.origin}/`)).run(() => !localStorage.getItem('kept'));
}

async function offlineAndOnline({ open, setOffline, name, stored }: Scene): Promise<void> {
  const tab = await open();
  await setOffline(tab, true);
  const names = name(20);
  await track(tab, names);
  await setOffline(tab, false);
  await stored(names);
}

async function unavailable({ open, server, name, stored }: Scene): Promise<void> {
  server.answer(() => ({ status: server.received.length < 2 ? 503 : 200 }));
  const names = name(20);
  await track(await open(), names);
  await stored(names);
}

async function tooMany({ open, server, name, stored }: Scene): Promise<void> {
  server.answer(() => ({ status: server.received.length < 1 ? 429 : 200, retryAfter: '1' }));
  const names = name(20);
  await track(await open(), names);
  await stored(names);
}

async function tooLarge({ open, server, name, stored }: Scene): Promise<void> {
  server.answer(({ body }) => ({ status: body.length > 3000 ? 413 : 200 }));
  const names = name(30);
  await track(await open(), names);
  await stored(names);
}

async function lostAnswer({ open, server, name, stored }: Scene): Promise<void> {
  server.answer(() => (server.received.length < 1 ? 'lost' : { status: 200 }));
  const names = name(20);
  await track(await open(), names);
  await stored(names);
  await server.until(() => server.received.filter(({ body }) => body.includes(`"${names[0]}"`)).length === 2);
}

/** Another page of the browser opens the site again: WebKitGTK's driver takes no commands after a crash. */
async function crash({ start, serve, site, server, name, stored }: Scene): Promise<void> {
  let goOn = (_html: string) => {};
  const crashed = new Promise<string>((resolve) => {
    goOn = resolve;
  });
  const waiting = `${plain}<script>fetch('/crashed').then(() => { location.href = '/again' })</script>`;
  serve({ pages: { '/waiting': waiting, '/crashed': crashed } });
  server.answer('silent');
  const browser = await start();
  await browser.open(`${site.origin}/waiting`);
  const tab = await browser.open(`${site.origin}/`);
  const names = name(20);
  await track(tab, names);
  await server.until(() => server.received.length > 0);
  await tab.crash();
  server.answer({ status: 200 });
  goOn('');
  await stored(names);
}

async function hiddenAndKilled({ start, site, name, stored }: Scene): Promise<void> {
  const browser = await start();
  const tab = await browser.open(`${site.origin}/`);
  const names = name(10);
  await track(tab, names);
  await tab.hide();
  await stored(names);
  await browser.kill();
}

async function twoTabs({ start, site, server, name, stored }: Scene): Promise<void> {
  server.answer({ status: 503 });
  const browser = await start();
  const [first, second] = [await browser.open(`${site.origin}/a`), await browser.open(`${site.origin}/b`)];
  const [names, more] = [name(20), name(20)];
  await Promise.all([track(first, names), track(second, more)]);
  await server.until(() => server.received.length > 0);
  await second.crash();
  server.answer({ status: 200 });
  await stored([...names, ...more]);
}

async function storageFull({ open, serve, name, stored }: Scene): Promise<void> {
  const fill = `for (let size = 4e6; size >= 1; size = Math.floor(size / 2))
    try { for (let n = 0; ; n++) localStorage['fill' + size + '.' + n] = 'x'.repeat(size) } catch {}`;
  serve({ body: `<script>${fill}</script>` });
  const names = name(20);
  await track(await open(), names);
  await stored(names);
}

async function storageBlocked({ start, site, name, stored }: Scene): Promise<void> {
  const browser = await start({ blockStorage: true });
  const tab = await browser.open(`${site.origin}/`);
  const canStore = await tab.run(() => {
    try {
      return Boolean(localStorage);
    } catch {
      return false;
    }
  });
  if (canStore) throw new Error('expected a browser that denies localStorage');
  const names = name(20);
  await track(tab, names);
  await stored(names);
}

async function restored({ open, serve, site, server, name, stored }: Scene): Promise<void> {
  serve({ pages: { '/plain': plain } });
  const tab = await open('/kept');
  await tab.run(() =>
    addEventListener('pageshow', ({ persisted }) => Reflect.set(window, 'kept', persisted)),
  );
  const names = name(20);
  // No browser keeps a page that is still loading something, such as the web vitals.
  await tab.run(loadedVitals);
  await trackAndLeave(tab, names.slice(0, 10));
  await site.asked('/plain');
  await stored(names.slice(0, 10));
  await tab.back();
  const pageviews = () =>
    server.stored().filter(({ type, url }) => type === 'pageview' && url.includes('/kept'));
  await server.until(() => pageviews().length === 2);
  if (!(await tab.run(() => Boolean(Reflect.get(window, 'kept')))))
    throw new Error('the page was loaded anew');
  await track(tab, names.slice(10));
  await stored(names);
}

function loadedVitals(): Promise<void> {
  return new Promise((resolve) => {
    const look = (list: PerformanceObserverEntryList) => {
      if (list.getEntries().some(({ name }) => name.includes('vitals'))) resolve();
    };
    new PerformanceObserver(look).observe({ type: 'resource', buffered: true });
  });
}

async function lacksPrerendering({ open }: Scene): Promise<boolean> {
  return (await open()).run(() => !('prerendering' in document));
}

/** The page that is fetched ahead tracks while nobody sees it, and counts as seen when it is. */
async function prerendered({ open, serve, site, server, name, stored }: Scene): Promise<void> {
  const names = name(20);
  const rules = JSON.stringify({ prerender: [{ source: 'list', urls: ['/ahead'], eagerness: 'immediate' }] });
  serve({
    body: `<script>addEventListener('load', () => {
      if (location.pathname !== '/ahead') return;
      for (const name of ${JSON.stringify(names)}) footfall.track(name);
      fetch('/is-ready');
    })</script>`,
    pages: { '/here': `${plain}<script type="speculationrules">${rules}</script>` },
  });
  const tab = await open('/here');
  await site.asked('/is-ready');
  const pageviews = () => server.stored().filter(({ type }) => type === 'pageview');
  if (pageviews().length > 0) throw new Error('a pageview of a page that nobody has seen');
  await tab.run(() => {
    location.href = '/ahead';
  });
  await stored(names);
  await server.until(() => pageviews().length === 1);
}

async function clickHandler({ open, serve, name, stored }: Scene): Promise<void> {
  const names = name(20);
  const handler = `for (const name of ${JSON.stringify(names)}) footfall.track(name)`;
  serve({ body: `<a id="out" href="/plain" onclick='${handler}'>Out</a>`, pages: { '/plain': plain } });
  await (await open()).click('#out');
  await stored(names);
}

async function wrongClock({ open, serve, name, stored }: Scene): Promise<void> {
  const ahead = `const now = Date.now; Date.now = () => now() + 2 * 365 * 86_400_000`;
  serve({ body: `<script>${ahead}</script>` });
  const names = name(20);
  await track(await open(), names);
  await stored(names);
}
