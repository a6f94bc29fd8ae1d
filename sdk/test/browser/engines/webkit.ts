import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listenOnLoopback } from '../chromium.js';
import type { Engine, EngineBrowser, StartOptions, Tab, Work } from './engine.js';
import { findMiniBrowser, findWebKitDriver, findXvfb } from './find-browsers.js';
import { descendantsNamed, killAll, killTree } from './processes.js';
import { type Session, startSession } from './webdriver.js';

const rendererName = /^WebKitWebProces/;

/**
 * WebKitGTK's MiniBrowser through its WebDriver, on a screen of Xvfb. A browser that is automated keeps its storage in
 * memory, so a profile is there as long as the browser is.
 */
export const webkit: Engine = {
  name: 'webkit',

  async start({ profile, blockStorage }: StartOptions): Promise<EngineBrowser> {
    const screen = await startScreen();
    const driver = await startDriver({ screen: screen.name, profile });
    const args = ['--automation', ...(blockStorage ? ['--enable-html5-local-storage=false'] : [])];
    const session = await startSession(driver.origin, {
      'webkitgtk:browserOptions': { binary: findMiniBrowser(), args },
    });
    const renderers = () => descendantsNamed(driver.child.pid ?? 0, rendererName);
    // Commands need a window that is there: the first stays open, and nothing is loaded in it.
    const home = await session.get('/window');

    async function end(): Promise<void> {
      await killTree(driver.child);
      await killTree(screen.child);
    }

    return {
      version: `${session.capabilities.browserName}/${session.capabilities.browserVersion}`,
      open: async (url) => {
        await session.post('/window', { handle: home });
        return openTab(session, { url, renderers });
      },
      kill: end,
      close: async () => {
        await session.delete('');
        await end();
      },
    };
  },
};

async function openTab(
  session: Session,
  { url, renderers }: { url: string; renderers: () => number[] },
): Promise<Tab> {
  const before = new Set(renderers());
  const { handle } = (await session.post('/window/new', { type: 'window' })) as { handle: string };
  await inside().post('/url', { url });
  const mine = renderers().filter((pid) => !before.has(pid));

  /** Commands go to the window that was switched to last. */
  function inside(): Pick<Session, 'post' | 'delete'> {
    const switched = () => session.post('/window', { handle });
    return {
      post: async (path, body) => switched().then(() => session.post(path, body)),
      delete: async (path) => switched().then(() => session.delete(path)),
    };
  }

  async function click(selector: string): Promise<void> {
    const element = await inside().post('/element', { using: 'css selector', value: selector });
    await session.post(`/element/${Object.values(element as object)[0]}/click`);
  }

  return {
    goto: async (to) => void (await inside().post('/url', { url: to })),
    run: <Values extends unknown[], Result>(work: Work<Values, Result>, ...args: Values) =>
      inside().post('/execute/sync', {
        script: `return (${work}).apply(null, arguments)`,
        args,
      }) as Promise<Result>,
    click,
    back: async () => void (await inside().post('/execute/sync', { script: 'history.back()', args: [] })),
    hide: async () => void (await inside().post('/window/minimize')),
    crash: async () => {
      if (mine.length === 0) throw new Error('the page shares its process with another one');
      killAll(mine);
    },
    close: async () => void (await inside().delete('/window')),
  };
}

/** An X server that takes the first display that is free, and names it on the pipe that it is given. */
async function startScreen(): Promise<{ name: string; child: ChildProcess }> {
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const child = spawn(findXvfb() ?? 'Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const pipe = child.stdio[3];
  if (!pipe || !('readable' in pipe)) throw new Error('Xvfb: expected a pipe for the number of its display');
  for await (const line of createInterface(pipe)) return { name: `:${line}`, child };
  throw new Error('Xvfb ended before it named its display');
}

async function startDriver({ screen, profile }: { screen: string; profile: string }) {
  mkdirSync(profile, { recursive: true });
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    DISPLAY: screen,
    HOME: profile,
    XDG_DATA_HOME: join(profile, 'data'),
    XDG_CACHE_HOME: join(profile, 'cache'),
  };
  const args = ['--host=127.0.0.1', `--port=${port}`];
  const child = spawn(findWebKitDriver() ?? 'WebKitWebDriver', args, { env, stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  await isListening(origin, child);
  return { origin, child };
}

/** The driver says nothing when it is ready. */
async function isListening(origin: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${origin}/status`).catch(() => null);
    if (answer?.ok) return;
  }
  throw new Error(`WebKitWebDriver ended with ${child.exitCode}`);
}

async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = new URL(await listenOnLoopback(server));
  await new Promise((resolve) => server.close(resolve));
  return port;
}
