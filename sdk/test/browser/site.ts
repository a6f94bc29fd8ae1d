import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from './chromium.js';

const dist = new URL('../../dist/', import.meta.url);
const scripts = new Map([
  ['/sdk.js', readFileSync(new URL('footfall.min.js', dist))],
  ['/vitals.js', readFileSync(new URL('vitals.js', dist))],
  ['/module.js', readFileSync(new URL('index.js', dist))],
]);

type Content = {
  body?: string;
  attributes?: string;
  scripts?: number;
  headers?: Record<string, string>;
  /** Paths of scripts that are not found. */
  missing?: string[];
};

export type Site = {
  origin: string;
  /** Sets the body of every page from now on; the SDK's script tag, with these attributes, follows it. */
  serve(content: Content): void;
  /** The paths that were asked for. */
  asked: string[];
  close(): Promise<void>;
};

/** A site of which every path is a page that loads the minified bundle; /module.js is the ES module. */
export async function startSite(endpoint: string): Promise<Site> {
  const asked: string[] = [];
  let html = '';
  let pageHeaders: Record<string, string> = {};
  let notFound: string[] = [];

  const server = createServer(({ url }, response) => {
    const path = url ?? '';
    const script = scripts.get(path);
    asked.push(path);
    if (notFound.includes(path)) return response.writeHead(404).end();
    const headers = script ? { 'content-type': 'text/javascript' } : pageHeaders;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(script ?? html);
  });

  function serve({ body = '', attributes = '', scripts = 1, headers = {}, missing = [] }: Content): void {
    pageHeaders = headers;
    notFound = missing;
    const tag = `<script src="/sdk.js" data-site="demo" data-endpoint="${endpoint}" ${attributes}></script>`;
    html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${body}${tag.repeat(scripts)}</body></html>`;
  }

  serve({});
  return { origin: await listenOnLoopback(server), serve, asked, close: () => closeServer(server) };
}
