import { createContext } from './context.js';
import { createDelivery, type Delivery } from './delivery.js';
import { createGate } from './gate.js';
import type { Guard, Log } from './guard.js';
import { createIdentity } from './identity.js';
import { isHidden } from './is-hidden.js';
import type { Footfall, Options, Tracker } from './options.js';
import { createOutbox } from './outbox.js';
import { createRecorder } from './recorder.js';
import { cleanText } from './redact.js';
import { openStore } from './store.js';
import { whenIdle } from './when-idle.js';

type Tools = { guard: Guard; log: Log; onStop: () => void };

const maxQuietMs = 500;

/** Wires the parts: captures -> recorder -> gate (consent) -> outbox -> delivery. */
export function start(options: Options, { guard, log, onStop }: Tools): Footfall {
  const lock = `footfall.${options.site}.`;
  let stopped = false;

  const store = openStore(lock, true);
  const outboxStore = options.persistQueue === false ? openStore(lock, false) : store;
  const outbox = createOutbox(outboxStore, createContext(options.release));
  const identity = createIdentity(store, options);
  const delivery = createDelivery({ url: ingestUrl(options), lock, outbox, store, identity, log });
  const gate = createGate({ identity, outbox, delivery, log });
  const filter = guard(options.beforeSend ?? ((event) => event));
  const recorder = createRecorder(options, (event) => {
    if (stopped) return;
    const kept = filter(event);
    if (kept) gate.accept(kept);
    else gate.drop('before_send');
  });
  const page = watchPage(guard, delivery);
  const tracker: Tracker = {
    ...recorder,
    ...page,
    guard,
    drop: gate.drop,
    text: cleanText,
    options,
    store,
    units: identity.units,
  };

  for (const capture of options.captures ?? []) guard(capture)(tracker);
  whenIdle(gate.resume, maxQuietMs);
  return {
    track: guard((name, props, money) => recorder.send({ ...money, type: 'custom', name, props })),
    pageview: guard((overrides) => recorder.beginPage('')(overrides)),
    identify: guard((userId) => {
      identity.setUser(userId);
      if (userId) recorder.send({ type: 'identify' });
    }),
    consent: guard(gate.consent),
    optOut: guard(() => gate.consent('opt-out')),
    flush: delivery.flush,
    stop: guard(() => {
      stopped = true;
      for (const remove of page.removals) remove();
      delivery.stop();
      onStop();
    }),
  };
}

function ingestUrl({ endpoint, site }: Options): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/events?site=${encodeURIComponent(site)}`;
}

type Page = Pick<Tracker, 'listen' | 'onHide'> & { removals: (() => void)[] };

/**
 * `hidden` is the last event that mobile browsers are sure to send, and `pagehide` the last on navigation.
 * `unload` and `beforeunload` are never used: they keep pages out of the back/forward cache.
 */
function watchPage(guard: Guard, { flushNow, resume, wake }: Delivery): Page {
  const removals: (() => void)[] = [];
  const hideListeners: ((ends: boolean) => void)[] = [flushNow];
  const hide = (ends: boolean) => hideListeners.forEach((listener) => void listener(ends));

  // Not by a signal, which costs as much as ten listeners.
  const listen: Tracker['listen'] = (types, handler, target = window) => {
    const guarded = guard(handler as EventListener);
    for (const type of types.split(' ')) {
      target.addEventListener(type, guarded, { capture: true, passive: true });
      removals.push(() => target.removeEventListener(type, guarded, true));
    }
  };

  listen('visibilitychange', () => (isHidden() ? hide(false) : resume()));
  listen('pagehide', () => hide(true));
  listen('online', wake);
  return { listen, onHide: (listener) => void hideListeners.unshift(guard(listener)), removals };
}
