import type { Captured, Props } from './options.js';

// A field that is undefined is not sent: JSON leaves it out.

/** What every event carries. Times are milliseconds since 1970. */
export type Stamp = { id: string; ts: number; seq: number; pageId?: string | undefined; url: string };

type Pageview = {
  type: 'pageview';
  title: string;
  referrer?: string | undefined;
  props?: Props | undefined;
};

/** An event as it is sent. A test keeps it assignable to the types of the schema package. */
export type WireEvent = Stamp & (Captured | Pageview);

/** The identity of an event. One batch carries one of it, so the queue cuts where it changes. */
export type Group = {
  visitor?: { id?: string | undefined; userId?: string | undefined } | undefined;
  session?: { id: string } | undefined;
  consent: 'granted' | 'denied' | 'cookieless';
  linkCookieless?: boolean | undefined;
};

type Brand = { brand: string; version: string };

export type ClientHints = {
  brands?: undefined;
  fullVersionList?: Brand[] | undefined;
  mobile?: boolean | undefined;
  platform?: string | undefined;
  platformVersion?: string | undefined;
  model?: string | undefined;
  architecture?: string | undefined;
  bitness?: string | undefined;
  formFactors?: string[] | undefined;
};

export type Context = {
  language: string;
  timezone: string;
  screen: [number, number];
  viewport: [number, number];
  pixelRatio: number;
  clientHints?: ClientHints | undefined;
  release?: string | undefined;
};

/** The batch without its events, which are spliced in as the text that was stored. */
export type Envelope = {
  sentAt: number;
  sdk: { name: string; version: string };
  context: Context & { consent: Group['consent'] };
  dropped?: Record<string, number> | undefined;
} & Omit<Group, 'consent'>;
