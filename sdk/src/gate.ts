import type { Consent } from './consent.js';
import type { IdentityKeeper } from './identity.js';
import type { Ledger } from './ledger.js';
import type { ConsentState } from './options.js';
import type { Queue } from './queue.js';
import type { Transport } from './transport.js';
import type { WireEvent } from './wire.js';

export type Gate = {
  accept(event: WireEvent): void;
  drop(reason: string): void;
  consent(state: ConsentState): void;
  optOut(): void;
  identify(userId: string | null): void;
};

type Parts = {
  consent: Consent;
  queue: Queue;
  ledger: Ledger;
  identity: IdentityKeeper;
  transport: Transport;
};

const maxHeldEvents = 100;

/** Between recorder and queue: lets an event pass, holds it in memory, or forgets it, as consent says. */
export function createGate({ consent, queue, ledger, identity, transport }: Parts): Gate {
  let held: WireEvent[] = [];
  let notHeld = 0;

  function accept(event: WireEvent): void {
    if (consent.isOpen()) pass(event);
    else if (consent.mode() === 'hold') hold(event);
  }

  function pass(event: WireEvent): void {
    queue.add(event, identity.groupAt(event.ts));
    transport.schedule();
  }

  function hold(event: WireEvent): void {
    if (held.length < maxHeldEvents) held.push(event);
    else notHeld++;
  }

  /** Nothing is stored without consent, not even a count. */
  function drop(reason: string): void {
    if (consent.isOpen()) ledger.drop(reason);
  }

  function change(apply: () => void): void {
    const before = consent.mode();
    apply();
    if (before === 'cookieless' && consent.mode() === 'persistent') identity.linkCookieless();
    obey();
    if (consent.mode() !== 'hold') release();
  }

  function obey(): void {
    const isOff = consent.mode() === 'off';
    if (isOff || consent.isDenied()) identity.forget();
    if (isOff) queue.clear();
    if (isOff) ledger.clear();
  }

  function release(): void {
    if (notHeld > 0 && consent.isOpen()) ledger.drop('consent_pending', notHeld);
    held.forEach(accept);
    held = [];
    notHeld = 0;
    transport.resume();
  }

  obey();
  return {
    accept,
    drop,
    consent: (state) => change(() => consent.set(state)),
    optOut: () => change(consent.optOut),
    identify(userId) {
      if (consent.isOpen()) identity.setUser(userId);
    },
  };
}
