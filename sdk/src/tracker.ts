import { hold } from './consent.js';
import { createContext } from './context.js';
import { createDelivery, type Delivery } from './delivery.js';
import { createGate, type Gate } from './gate.js';
import type { Guard, Log } from './guard.js';
import { createIdentity, type Identity } from './identity.js';
import type { Footfall, Options, Tracker } from './options.js';
import { createOutbox } from './outbox.js';
import { createRecorder, type Recorder } from './recorder.js';
import { cleanText } from './redact.js';
import { openStore, type Store } from './store.js';
import { whenIdle } from './when-idle.js';

type Tools = { guard: Guard; log: Log; onStop: () => void };

const maxQuietMs = 500;

/** Wires the parts: captures -> recorder -> gate (consent) -> outbox -> delivery. */
export function start(options: Options, { guard, log, onStop }: Tools): Footfall {
  const lock = `footfall.${options.site}.`;
  const removals: (() => void)[] = [];
  let stopped = false;

  const store = openStore(lock, true);
  const outboxStore = options.persistQueue === false ? openStore(lock, false) : store;
  const outbox = createOutbox(outboxStore, createContext(options.release));
  const identity = createIdentity(store, options);
  const isOpen = () => identity.mode() > hold;
  const delivery = createDelivery({ url: ingestUrl(options), lock, outbox, store, isOpen, log });
  const gate = createGate({ identity, outbox, delivery, log });
  const filter = guard(options.beforeSend ?? ((event) => event));
  const recorder = createRecorder(options, (event) => {
    if (stopped) return;
    const kept = filter(event);
    if (kept) gate.accept(kept);
    else gate.drop('before_send');
  });

  startCaptures(options, { gate, recorder, delivery, guard, removals, identity, store });
  whenIdle(gate.resume, maxQuietMs);
  return publicApi({ gate, recorder, delivery, guard }, () => {
    stopped = true;
    for (const remove of removals) remove();
    delivery.stop();
    onStop();
  });
}

function ingestUrl({ endpoint, site }: Options): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/events?site=${encodeURIComponent(site)}`;
}

type Browser = { removals: (() => void)[]; identity: Identity; store: Store };
type Parts = { gate: Gate; recorder: Recorder; delivery: Delivery; guard: Guard };

/**
 * `hidden` is the last event that mobile browsers are sure to send, and `pagehide` the last on navigation.
 * `unload` and `beforeunload` are never used: they keep pages out of the back/forward cache.
 */
function startCaptures(
  options: Options,
  { gate, recorder, delivery, guard, removals, identity, store }: Parts & Browser,
): void {
  const { captures = [], hash = false } = options;
  const hideListeners: ((ends: boolean) => void)[] = [delivery.flushNow];
  const hide = (ends: boolean) => hideListeners.forEach((listener) => void listener(ends));

  // Not by a signal, which costs as much as ten listeners.
  const listen: Tracker['listen'] = (type, handler, target = window) => {
    const guarded = guard(handler as EventListener);
    target.addEventListener(type, guarded, { capture: true, passive: true });
    removals.push(() => target.removeEventListener(type, guarded, true));
  };

  listen('visibilitychange', () => (document.hidden ? hide(false) : delivery.resume()));
  listen('pagehide', () => hide(true));
  listen('online', delivery.wake);
  for (const capture of captures)
    guard(capture)({
      ...recorder,
      guard,
      listen,
      onHide: (listener) => void hideListeners.unshift(guard(listener)),
      drop: gate.drop,
      text: cleanText,
      hash,
      options,
      store,
      units: identity.units,
    });
}

function publicApi({ gate, recorder, delivery, guard }: Parts, stop: () => void): Footfall {
  return {
    track: guard((name, props, money) => recorder.send({ ...money, type: 'custom', name, props })),
    pageview: guard((overrides) => recorder.beginPage('')(overrides)),
    identify: guard((userId) => {
      gate.identify(userId);
      if (userId) recorder.send({ type: 'identify' });
    }),
    consent: guard(gate.consent),
    optOut: guard(() => gate.consent('opt-out')),
    flush: delivery.flush,
    stop: guard(stop),
  };
}
