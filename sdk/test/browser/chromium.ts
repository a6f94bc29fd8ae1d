import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findChromium } from './find-chromium.js';

/** What keeps a browser from talking to anything but the test, and from asking. */
export const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export type TestBrowser = {
  browser: Browser;
  /** A page in a new profile of its own: no storage, no cache, no other tabs. */
  freshPage(): Promise<Page>;
  close(): Promise<void>;
};

/** Starts the Chromium that is installed, with a user data directory that ends with it. */
export async function startChromium({ flags = [] }: { flags?: string[] } = {}): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('chromium is not installed: npm test installs or names it');
  const userDataDir = await mkdtemp(join(tmpdir(), 'footfall-chromium-'));
  const browser = await puppeteer.launch({ executablePath, userDataDir, args: [...quietFlags, ...flags] });

  async function freshPage(): Promise<Page> {
    const context = await browser.createBrowserContext();
    return context.newPage();
  }

  async function close(): Promise<void> {
    await browser.close();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  return { browser, freshPage, close };
}

/** What the browser itself notes about failed requests and markup; no script can prevent it. */
const browserNotes = /^(error: Failed to (load resource|find a valid digest)|verbose: )/;

/** Collects what the scripts of a page print and throw; a quiet page leaves it empty. */
export function watchConsole(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => {
    const line = `${message.type()}: ${message.text()}`;
    if (!browserNotes.test(line)) lines.push(line);
  });
  page.on('pageerror', (error) => lines.push(`pageerror: ${error}`));
  return lines;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export type FolderServer = { origin: string; close(): Promise<void> };

/**
 * Serves a folder on a loopback port. A path without an extension answers the folder's index.html, as a
 * single-page application expects; `files` adds or replaces single paths by files from elsewhere, and `insert` stands at
 * the end of every page.
 */
export async function serveFolder(
  folder: string,
  files: Record<string, string> = {},
  insert = '',
): Promise<FolderServer> {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const file = files[path] ?? join(folder, extname(path) ? path : 'index.html');
    const body = await readFile(file).catch(() => null);
    response.writeHead(body ? 200 : 404, { 'content-type': contentTypes[extname(file)] ?? 'text/plain' });
    response.end(file.endsWith('.html') ? body?.toString().replace('</body>', `${insert}</body>`) : body);
  });
  return { origin: await listenOnLoopback(server), close: () => closeServer(server) };
}

export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: chosen } = server.address() as AddressInfo;
  return `http://127.0.0.1:${chosen}`;
}

export async function closeServer(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
