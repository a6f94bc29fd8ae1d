import { hold } from './consent.js';
import { createContext } from './context.js';
import { createDelivery } from './delivery.js';
import { createGate, type Gate } from './gate.js';
import type { Guard, Log } from './guard.js';
import { createIdentity, type Identity } from './identity.js';
import { createLedger } from './ledger.js';
import { exclusively } from './lock.js';
import type { Footfall, Options, Tracker } from './options.js';
import { createPause } from './pause.js';
import { createQueue } from './queue.js';
import { createRecorder, type Recorder } from './recorder.js';
import { cleanText } from './redact.js';
import { openStore, type Store } from './store.js';
import { createTransport, type Transport } from './transport.js';

type Tools = { guard: Guard; log: Log; onStop: () => void };

/** Wires the parts: captures -> recorder -> gate (consent) -> queue -> transport. */
export function start(options: Options, { guard, log, onStop }: Tools): Footfall {
  const prefix = `footfall.${options.site}.`;
  const ended = new AbortController();
  const { signal } = ended;

  const store = openStore(prefix, true);
  const queueStore = options.persistQueue === false ? openStore(prefix, false) : store;
  const ledger = createLedger(queueStore);
  const queue = createQueue(queueStore, ledger);
  const identity = createIdentity(store, options);
  const pause = createPause(store);
  const context = createContext(options.release);
  const delivery = createDelivery({ url: ingestUrl(options), queue, ledger, pause, context, log });
  const transport = createTransport({
    delivery,
    pause,
    isOpen: () => identity.mode() > hold,
    exclusively: (work) => exclusively(store, prefix, work),
    log,
  });
  const gate = createGate({ identity, queue, ledger, transport, log });
  const filter = guard(options.beforeSend ?? ((event) => event));
  const recorder = createRecorder(options, (event) => {
    if (signal.aborted) return;
    const kept = filter(event);
    if (kept) gate.accept(kept);
    else gate.drop('before_send');
  });

  startCaptures(options, { gate, recorder, transport, guard, signal, identity, store });
  transport.resume();
  return publicApi({ gate, recorder, transport, guard }, () => {
    ended.abort();
    transport.stop();
    onStop();
  });
}

function ingestUrl({ endpoint, site }: Options): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/events?site=${encodeURIComponent(site)}`;
}

type Browser = { signal: AbortSignal; identity: Identity; store: Store };
type Parts = { gate: Gate; recorder: Recorder; transport: Transport; guard: Guard };

/**
 * `hidden` is the last event that mobile browsers are sure to send, and `pagehide` the last on navigation.
 * `unload` and `beforeunload` are never used: they keep pages out of the back/forward cache.
 */
function startCaptures(
  options: Options,
  { gate, recorder, transport, guard, signal, identity, store }: Parts & Browser,
): void {
  const { captures = [], hash = false } = options;
  const hideListeners: ((ends: boolean) => void)[] = [transport.flushNow];
  const hide = (ends: boolean) => hideListeners.forEach((listener) => void listener(ends));

  const listen: Tracker['listen'] = (target, type, handler) =>
    target.addEventListener(type, guard(handler), { capture: true, passive: true, signal });

  listen(document, 'visibilitychange', () =>
    document.visibilityState === 'hidden' ? hide(false) : transport.resume(),
  );
  listen(window, 'pagehide', () => hide(true));
  listen(window, 'online', transport.wake);
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

function publicApi({ gate, recorder, transport, guard }: Parts, stop: () => void): Footfall {
  return {
    track: guard((name, props, money) => recorder.send({ ...money, type: 'custom', name, props })),
    pageview: guard((overrides) => recorder.beginPage('')(overrides)),
    identify: guard((userId) => {
      gate.identify(userId);
      if (userId) recorder.send({ type: 'identify' });
    }),
    consent: guard(gate.consent),
    optOut: guard(() => gate.consent('opt-out')),
    flush: transport.flush,
    stop: guard(stop),
  };
}
