import type { Captured, Money, Props } from './captured.js';
import type { Stamp, WireEvent } from './wire.js';

export type * from './captured.js';

/** Who a visitor is: nobody that the browser could tell, or an id kept in localStorage. */
export type Identity = 'cookieless' | 'persistent';

export type ConsentState = 'pending' | 'granted' | 'denied';

export type PageOverrides = {
  url?: string | undefined;
  title?: string | undefined;
  referrer?: string | undefined;
  props?: Props | undefined;
};

export type Options = {
  /** The public key of the site. */
  site: string;
  /** Origin (and path prefix) of the collector; batches go to `{endpoint}/v1/events`. */
  endpoint: string;
  /** What is captured without further calls. Only what is imported is bundled. */
  captures?: Capture[] | undefined;
  /** `persistent` only with the visitor's consent. Default: `cookieless`. */
  identity?: Identity | undefined;
  /** `pending` holds up to 100 events in memory until `consent()` is called. Default: `granted`. */
  consent?: ConsentState | undefined;
  /** What a denial leaves: nothing at all (default), or events without any identifier. */
  whenDenied?: 'nothing' | 'cookieless' | undefined;
  /** `false` keeps undelivered events in memory only: they are lost when the page goes. Default: `true`. */
  persistQueue?: boolean | undefined;
  /** The route lives in the fragment (`#/path`), so the fragment is kept and its path counts. */
  hash?: boolean | undefined;
  /** Names of query parameters whose values may be sent, beside `utm_*` and `ref`. */
  allowQuery?: string[] | undefined;
  /** Treat the Do-Not-Track header as a denial. Default: `false`. */
  respectDoNotTrack?: boolean | undefined;
  /** The version of the page's own code, for error reports. */
  release?: string | undefined;
  /**
   * Sees each event before it is queued and returns it, changed if need be, or `null` to drop it (counted as
   * `before_send`, as is an event on which it throws).
   */
  beforeSend?: ((event: WireEvent) => WireEvent | null) | undefined;
  /** Write to the console what happens. Default: `false`, and the console stays empty. */
  debug?: boolean | undefined;
};

/** What follows the name of an event: its properties where the tracking plan asks for some, and what it is worth. */
type Details<EventProps> =
  Record<never, never> extends NonNullable<EventProps>
    ? [props?: EventProps | undefined, money?: Money]
    : undefined extends EventProps
      ? [props?: EventProps, money?: Money]
      : [props: EventProps, money?: Money];

/**
 * The running SDK. None of its functions throws. `Events` is the tracking plan, properties by the name of the event:
 * `init<{ signup: { plan: 'team' | 'solo' }; logout: undefined }>({…})` takes no other names and no other properties.
 */
export type Footfall<Events = Record<string, Props>> = {
  /** Records an event of the page's own. Values of sensitive properties are replaced by `[redacted]`. */
  track<Name extends keyof Events & string>(name: Name, ...details: Details<Events[Name]>): void;
  /** Records a pageview by hand, for pages that the pageview capture does not see. */
  pageview(overrides?: PageOverrides): void;
  /** Names the signed-in user by the page's own id, never by an e-mail address. `null` at sign-out. */
  identify(userId: string | null): void;
  consent(state: ConsentState): void;
  /** Stops for good in this browser, and erases what was stored, until `consent('granted')`. */
  optOut(): void;
  /** Sends what is waiting; resolves when one attempt has ended. */
  flush(): Promise<void>;
  /** Removes every listener. What is waiting stays stored for the next start. */
  stop(): void;
};

/** Who a page's visitor is known as. `isKept`: with leave to remember it in this browser. */
export type Units = { visitor: string | undefined; user: string | undefined; isKept: boolean };

/** What the browser hands to the listeners of a type, or of one of several. Pages can dispatch anything under any name. */
export type EventOf<Types> = Types extends keyof WindowEventMap
  ? WindowEventMap[Types]
  : Types extends `${infer First} ${infer Others}`
    ? EventOf<First> | EventOf<Others>
    : Event;

/** What a capture may use. */
export type Tracker = {
  /** Records what happened now, or at the time of the stamp. */
  send(captured: Captured, stamp?: Stamp): void;
  /** Fixes id, time, order and page of an event that is recorded later. */
  stamp(): Stamp;
  /** Starts a page now; the function that is returned records its pageview, once its title is known. */
  beginPage(referrer: string): (overrides?: PageOverrides) => void;
  /** Calls the listener before a page begins: what it sends still belongs to the page that ends, if there was one. */
  onPage(listener: () => void): void;
  /** Calls the listener when the page is hidden, which may be the last moment it runs; `ends` where the page is left. */
  onHide(listener: (ends: boolean) => void): void;
  /**
   * Adds an event listener in the capture phase, on the window by default, that never throws and ends with stop(). Names of
   * several types are separated by spaces.
   */
  listen<Types extends string>(
    types: Types,
    handler: (event: EventOf<Types>) => void,
    target?: EventTarget,
  ): void;
  /** Wraps what observers and timers call, so that it never throws into the page. */
  guard<Values extends unknown[]>(work: (...values: Values) => void): (...values: Values) => void;
  /** Counts events that were not recorded; the counts travel with the next batch. */
  drop(reason: string, count?: number): void;
  /** Text without secrets and personal data, at most `maxChars` long. */
  text(value: string, maxChars: number): string;
  url(value: string): string;
  readonly options: Options;
  /** Texts that outlive the page. What is kept under a name that begins with `x.` is erased with the identity. */
  readonly store: { get(name: string): string; set(name: string, value: string): void };
  /** Who is known, without starting or prolonging a session; undefined where nothing may be stored or sent. */
  units(): Units | undefined;
};

/** A part that records something on its own, such as `click()`. */
export type Capture = (tracker: Tracker) => void;
