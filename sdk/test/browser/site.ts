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
  /** Sets the body of every page from now on; the SDK's script tag, with these attributes, follows it. */
  serve(content: { body?: string; attributes?: string; scripts?: number }): void;
  close(): Promise<void>;
};

/** A site of which every path is a page that loads the minified bundle; /module.js is the ES module. */
export async function startSite(endpoint: string): Promise<Site> {
  let html = '';

  const server = createServer(({ url }, response) => {
    const script = scripts.get(url ?? '');
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(script ?? html);
  });

  function serve({ body = '', attributes = '', scripts = 1 }): void {
    const tag = `<script src="/sdk.js" data-site="demo" data-endpoint="${endpoint}" ${attributes}></script>`;
    html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${body}${tag.repeat(scripts)}</body></html>`;
  }

  serve({});
  return { origin: await listenOnLoopback(server), serve, close: () => closeServer(server) };
}
