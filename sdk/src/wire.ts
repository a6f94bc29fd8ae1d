import type { Captured, Props } from './captured.js';

// A field that is undefined is not sent: JSON leaves it out.

/** What every event carries. Times are milliseconds since 1970. Ids sort in the order of the events of a page. */
export type Stamp = { id: string; ts: number; pageId?: string | undefined; url: string };

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
  linkCookieless?: boolean | undefined;
  /** Last, so that its text can be continued with the rest of the context. */
  context: { consent: 'granted' | 'denied' | 'cookieless' };
};

/** What the headers of a request do not tell: they hold brands, platform and mobile already. */
export type ClientHints = {
  formFactors?: string[] | undefined;
  model?: string | undefined;
  platformVersion?: string | undefined;
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

/** What a batch says beside the group of its events, their context and themselves. */
export type Envelope = {
  sentAt: number;
  sdk: { name: string; version: string };
  dropped?: Record<string, number> | undefined;
};

/** A batch as it is sent: texts of group, context, envelope and events in one object. */
export type WireBatch = Envelope & Group & { context: Context; events: WireEvent[] };
