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

type Content = {
  body?: string;
  attributes?: string;
  scripts?: number;
  headers?: Record<string, string>;
  /** Paths that are answered with this HTML and nothing else, as soon as it is there. */
  pages?: Record<string, string | Promise<string>>;
  /** Paths of scripts that are not found. */
  missing?: string[];
};

export type Site = {
  origin: string;
  /** Sets the body of every page from now on; the SDK's script tag, with these attributes, follows it. */
  serve(content: Content): void;
  /** The paths that were asked for. */
  paths: string[];
  /** Resolves when a path has been asked for. */
  asked(path: string): Promise<void>;
  close(): Promise<void>;
};

/** A site of which every path is a page that loads the minified bundle; /module.js is the ES module. */
export async function startSite(endpoint: string): Promise<Site> {
  const paths: string[] = [];
  const requests = new EventEmitter();
  let html = '';
  let own: Record<string, string | Promise<string>> = {};
  let pageHeaders: Record<string, string> = {};
  let notFound: string[] = [];

  const server = createServer(async ({ url = '/' }, response) => {
    const script = scripts.get(url);
    paths.push(url);
    requests.emit(url);
    if (notFound.includes(url)) return response.writeHead(404).end();
    // As the collector does, so that pages may load the script with crossorigin and frames of no origin a module.
    const cors = script && { 'access-control-allow-origin': '*' };
    const type = script ? 'text/javascript' : 'text/html; charset=utf-8';
    response.writeHead(200, { ...(!script && pageHeaders), ...cors, 'content-type': type });
    response.end(script ?? (await own[url]) ?? html);
  });

  async function asked(path: string): Promise<void> {
    if (!paths.includes(path)) await once(requests, path);
  }

  function serve(content: Content): void {
    const { body = '', attributes = '', scripts = 1 } = content;
    own = content.pages ?? {};
    pageHeaders = content.headers ?? {};
    notFound = content.missing ?? [];
    const tag = `<script src="/sdk.js" data-site="demo" data-endpoint="${endpoint}" ${attributes}></script>`;
    html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${body}${tag.repeat(scripts)}</body></html>`;
  }

  serve({});
  return { origin: await listenOnLoopback(server), serve, paths, asked, close: () => closeServer(server) };
}
