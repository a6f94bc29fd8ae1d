import { hold } from './consent.js';
import { createContext } from './context.js';
import { createDelivery } from './delivery.js';
import { nextId } from './event-id.js';
import { createGate } from './gate.js';
import { createGuard, createLog } from './guard.js';
import { createIdentity } from './identity.js';
import { createLedger } from './ledger.js';
import { watchLifecycle } from './lifecycle.js';
import { exclusively } from './lock.js';
import type { Footfall, Options, Tracker } from './options.js';
import { createPause } from './pause.js';
import { createQueue } from './queue.js';
import { createRecorder } from './recorder.js';
import { cleanText } from './redact.js';
import { openStore } from './store.js';
import { createTransport } from './transport.js';

/** Wires the parts: captures -> recorder -> gate (consent) -> queue -> transport. */
export function start(options: Options, onStop: () => void): Footfall {
  const { captures = [], hash = false, beforeSend = (event) => event } = options;
  const log = createLog(options.debug);
  const guard = createGuard(log);
  const prefix = `footfall.${options.site}.`;
  const tab = nextId();
  const ended = new AbortController();
  ended.signal.addEventListener('abort', onStop);

  const store = openStore(true);
  const queueStore = options.persistQueue === false ? openStore(false) : store;
  const ledger = createLedger(queueStore, `${prefix}d.`, tab);
  const queue = createQueue(queueStore, `${prefix}e.`, ledger);
  const identity = createIdentity(options, store, prefix);
  const pause = createPause(store, `${prefix}wait`);
  const context = createContext(options.release);
  const delivery = createDelivery({ url: ingestUrl(options), queue, ledger, pause, context, log });
  const transport = createTransport({
    delivery,
    pause,
    isOpen: () => identity.mode() > hold,
    exclusively: (work) => exclusively(store, `${prefix}sender`, tab, work),
    log,
  });
  const gate = createGate({ identity, queue, ledger, transport, log });
  const filter = guard(beforeSend);
  const recorder = createRecorder(options, (event) => {
    if (ended.signal.aborted) return;
    const kept = filter(event);
    if (kept) gate.accept(kept);
    else gate.drop('before_send');
  });
  const hideListeners: ((ends: boolean) => void)[] = [transport.flushNow];
  const tracker: Tracker = {
    ...recorder,
    guard,
    listen(target, type, handler) {
      target.addEventListener(type, guard(handler), { capture: true, passive: true, signal: ended.signal });
    },
    onHide: (listener) => void hideListeners.unshift(guard(listener)),
    drop: gate.drop,
    text: cleanText,
    hash,
    site: options.site,
    endpoint: endpointOf(options),
    units: identity.units,
    recall: (name) => store.get(`${prefix}x.${name}`),
    keep(name, text) {
      if (identity.mode() > hold) store.set(`${prefix}x.${name}`, text);
    },
  };
  const onHide = (ends: boolean) => hideListeners.forEach((listener) => void listener(ends));
  watchLifecycle(tracker.listen, { onHide, onReturn: transport.resume, onOnline: transport.wake });
  for (const capture of captures) guard(capture)(tracker);
  transport.resume();

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
    stop: guard(() => {
      ended.abort();
      transport.stop();
    }),
  };
}

function endpointOf({ endpoint }: Options): string {
  return endpoint.replace(/\/+$/, '');
}

function ingestUrl(options: Options): string {
  return `${endpointOf(options)}/v1/events?site=${encodeURIComponent(options.site)}`;
}
