import { maxNameBytes } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import type { Captured, Options, PageOverrides } from './options.js';
import { byteLength } from './outbox.js';
import { cleanProps, cleanText, redactUrl } from './redact.js';
import type { Stamp, WireEvent } from './wire.js';

const maxTitleChars = 300;

type Page = { pageId?: string; href: string; url?: string };

export type Recorder = {
  send(captured: Captured, stamp?: Stamp): void;
  stamp(): Stamp;
  beginPage(referrer: string): (overrides?: PageOverrides) => void;
  onPage(listener: () => void): void;
  url(value: string): string;
};

/** Turns what was captured into events: id, time, order and page are fixed here, once and for all. */
export function createRecorder(options: Options, accept: (event: WireEvent) => void): Recorder {
  const pageListeners: (() => void)[] = [];
  let page: Page | undefined;

  const url = (value: string) => redactUrl(value, options, location.href);

  /** When it is needed, not when a page begins, which is when the browser has most to do. */
  function urlOf(of: Page): string {
    of.url ??= url(of.href);
    return of.url;
  }

  function stamp(): Stamp {
    const ts = Date.now();
    page ??= { href: location.href };
    return { id: nextId(ts), ts, pageId: page.pageId, url: urlOf(page) };
  }

  function beginPage(referrer: string): (overrides?: PageOverrides) => void {
    for (const listener of pageListeners) listener();
    const ts = Date.now();
    const id = nextId(ts);
    const begun: Page = { pageId: id, href: location.href };
    page = begun;
    return (overrides = {}) => {
      const from = overrides.referrer ?? referrer;
      if (overrides.url) begun.url = url(overrides.url);
      accept({
        id,
        ts,
        type: 'pageview',
        url: urlOf(begun),
        title: cleanText(overrides.title ?? document.title, maxTitleChars),
        referrer: from ? url(from) : undefined,
        props: cleanProps(overrides.props),
      });
    };
  }

  return {
    send: (captured, at = stamp()) => accept({ ...at, ...clean(captured) }),
    stamp,
    beginPage,
    url,
    onPage: (listener) => void pageListeners.push(listener),
  };
}

/** Captures clean what they read; what the page's own code hands over is cleaned here. */
function clean(captured: Captured): Captured {
  if (captured.type !== 'custom') return captured;
  const { type, name, props, value, currency } = captured;
  return {
    type,
    name: cutBytes(cleanText(name, maxNameBytes)),
    props: cleanProps(props),
    value: Number.isFinite(value) ? value : undefined,
    currency: currency && String(currency).slice(0, 8),
  };
}

/** The collector refuses longer names, which are counted in UTF-8. */
function cutBytes(name: string): string {
  return byteLength(name) > maxNameBytes ? cutBytes(name.slice(0, -1)) : name;
}
