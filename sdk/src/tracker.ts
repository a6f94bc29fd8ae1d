import { createConsent } from './consent.js';
import { createContext } from './context.js';
import { createDelivery } from './delivery.js';
import { nextId } from './event-id.js';
import { createGate, type Gate } from './gate.js';
import { createGuard, type Guard } from './guard.js';
import { createIdentity } from './identity.js';
import { createLedger } from './ledger.js';
import { watchLifecycle } from './lifecycle.js';
import { createSenderLock } from './lock.js';
import type { Footfall, Options, Tracker } from './options.js';
import { createPause } from './pause.js';
import { createQueue } from './queue.js';
import { createRecorder, type Recorder } from './recorder.js';
import { cleanText } from './redact.js';
import { openStore } from './store.js';
import { createTransport, type Transport } from './transport.js';

/** Wires the parts: captures -> recorder -> gate (consent) -> queue -> transport. */
export function start(options: Options, onStop: () => void): Footfall {
  const { guard, log } = createGuard(options.debug);
  const prefix = `footfall.${options.site}.`;
  const tab = nextId();
  const ended = new AbortController();
  ended.signal.addEventListener('abort', onStop);

  const store = openStore({ persist: true });
  const queueStore = options.persistQueue === false ? openStore({ persist: false }) : store;
  const ledger = createLedger(queueStore, { prefix, tab });
  const queue = createQueue(queueStore, { prefix, ledger });
  const consent = createConsent(options, { store, prefix });
  const identity = createIdentity({ store, prefix, consent });
  const pause = createPause(store, `${prefix}wait`);
  const context = createContext(options.release);
  const delivery = createDelivery({ url: ingestUrl(options), queue, ledger, pause, context });
  const exclusively = createSenderLock(store, { key: `${prefix}sender`, tab });
  const transport = createTransport({ delivery, pause, consent, exclusively, log });
  const gate = createGate({ consent, queue, ledger, identity, transport });
  const recorder = createRecorder(options, (event) => {
    if (!ended.signal.aborted) gate.accept(event);
  });

  startCaptures(options, { gate, recorder, transport, guard, signal: ended.signal });
  transport.resume();
  return publicApi({ gate, recorder, transport, guard, ended });
}

function ingestUrl({ endpoint, site }: Options): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/events?site=${encodeURIComponent(site)}`;
}

type Parts = { gate: Gate; recorder: Recorder; transport: Transport; guard: Guard };

function startCaptures(
  { captures = [], hash = false }: Options,
  { gate, recorder, transport, guard, signal }: Parts & { signal: AbortSignal },
): void {
  const hideListeners: ((ends: boolean) => void)[] = [transport.flushNow];
  const tracker: Tracker = {
    ...recorder,
    listen(target, type, handler) {
      target.addEventListener(type, guard(handler), { capture: true, passive: true, signal });
    },
    onHide: (listener) => void hideListeners.unshift(guard(listener)),
    drop: gate.drop,
    text: cleanText,
    hash,
  };
  const onHide = (ends: boolean) => {
    for (const listener of hideListeners) listener(ends);
  };
  watchLifecycle(tracker.listen, { onHide, onReturn: transport.resume, onOnline: transport.wake });
  for (const capture of captures) guard(capture)(tracker);
}

function publicApi({
  gate,
  recorder,
  transport,
  guard,
  ended,
}: Parts & { ended: AbortController }): Footfall {
  return {
    track: guard((name, props, money) => recorder.send({ ...money, type: 'custom', name, props })),
    pageview: guard((overrides) => recorder.beginPage('')(overrides)),
    identify: guard((userId) => {
      gate.identify(userId);
      if (userId) recorder.send({ type: 'identify' });
    }),
    consent: guard(gate.consent),
    optOut: guard(gate.optOut),
    flush: transport.flush,
    stop: guard(() => {
      ended.abort();
      transport.stop();
    }),
  };
}
