import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from './chromium.js';

const dist = new URL('../../dist/', import.meta.url);
const scripts = new Map([
  ['/sdk.js', readFileSync(new URL('footfall.min.js', dist))],
  ['/vitals.js', readFileSync(new URL('vitals.js', dist))],
  ['/module.js', readFileSync(new URL('index.js', dist))],
]);

export type Site = {
  origin: string;
  /**
   * Sets the body of every page from now on; the SDK's script tag, with these attributes, follows it. A path of
   * `pages` is answered with that HTML and nothing else, as soon as it is there.
   */
  serve(content: {
    body?: string;
    attributes?: string;
    scripts?: number;
    pages?: Record<string, string | Promise<string>>;
    headers?: Record<string, string>;
  }): void;
  /** Resolves when a path has been asked for. */
  asked(path: string): Promise<void>;
  close(): Promise<void>;
};

/** A site of which every path is a page that loads the minified bundle; /module.js is the ES module. */
export async function startSite(endpoint: string): Promise<Site> {
  let html = '';
  let own: Record<string, string | Promise<string>> = {};
  let ownHeaders: Record<string, string> = {};
  const paths = new EventEmitter();
  const seen = new Set<string>();

  const server = createServer(async ({ url = '/' }, response) => {
    const script = scripts.get(url);
    const type = script ? 'text/javascript' : 'text/html; charset=utf-8';
    // As the collector does, so that pages may load the script with crossorigin and frames of no origin a module.
    const cors = script && { 'access-control-allow-origin': '*' };
    response.writeHead(200, { ...ownHeaders, ...cors, 'content-type': type });
    seen.add(url);
    paths.emit(url);
    response.end(script ?? (await own[url]) ?? html);
  });

  async function asked(path: string): Promise<void> {
    if (!seen.has(path)) await once(paths, path);
  }

  function serve({ body = '', attributes = '', scripts = 1, pages = {}, headers = {} }): void {
    own = pages;
    ownHeaders = headers;
    const tag = `<script src="/sdk.js" data-site="demo" data-endpoint="${endpoint}" ${attributes}></script>`;
    html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${body}${tag.repeat(scripts)}</body></html>`;
  }

  serve({});
  return { origin: await listenOnLoopback(server), serve, asked, close: () => closeServer(server) };
}
