import { hold, off } from './consent.js';
import type { Delivery } from './delivery.js';
import type { Log } from './guard.js';
import type { Identity } from './identity.js';
import type { Outbox } from './outbox.js';
import type { WireEvent } from './wire.js';

export type Gate = {
  accept(event: WireEvent): void;
  drop(reason: string, count?: number): void;
  consent: Identity['consent'];
  /** Erases what waits where nothing is allowed; else it is sent. */
  resume(): void;
};

type Parts = { identity: Identity; outbox: Outbox; delivery: Delivery; log: Log };

const maxHeldEvents = 100;

/** Between recorder and outbox: lets an event pass, holds it in memory, or forgets it, as consent says. */
export function createGate({ identity, outbox, delivery, log }: Parts): Gate {
  const held: WireEvent[] = [];
  let notHeld = 0;

  function accept(event: WireEvent): void {
    if (identity.isOpen()) {
      log('queued', event);
      outbox.add(event, identity.groupAt(event));
      delivery.schedule();
    } else if (identity.mode() === off) log('not allowed', event);
    else {
      log('held', event);
      if (held.length < maxHeldEvents) held.push(event);
      else notHeld++;
    }
  }

  /** Nothing is stored without consent, not even a count. */
  function drop(reason: string, count?: number): void {
    log('dropped', reason);
    if (identity.isOpen()) outbox.drop(reason, count);
  }

  function resume(): void {
    if (identity.mode() === off) outbox.clear();
    delivery.resume();
  }

  function release(): void {
    if (notHeld) drop('consent_pending', notHeld);
    notHeld = 0;
    held.splice(0).forEach(accept);
  }

  return {
    accept,
    drop,
    resume,
    consent(state) {
      // What was refused in another tab is not sent when consent is given here.
      resume();
      identity.consent(state);
      if (identity.mode() !== hold) release();
      resume();
    },
  };
}
