import { hold, off } from './consent.js';
import type { Log } from './guard.js';
import type { Identity } from './identity.js';
import type { Ledger } from './ledger.js';
import type { Queue } from './queue.js';
import type { Transport } from './transport.js';
import type { WireEvent } from './wire.js';

export type Gate = {
  accept(event: WireEvent): void;
  drop(reason: string, count?: number): void;
  consent: Identity['consent'];
  identify(userId: string | null): void;
};

type Parts = { identity: Identity; queue: Queue; ledger: Ledger; transport: Transport; log: Log };

const maxHeldEvents = 100;

/** Between recorder and queue: lets an event pass, holds it in memory, or forgets it, as consent says. */
export function createGate({ identity, queue, ledger, transport, log }: Parts): Gate {
  let held: WireEvent[] = [];
  let notHeld = 0;

  function accept(event: WireEvent): void {
    const mode = identity.mode();
    if (mode > hold) {
      log('queued', event);
      queue.add(event, identity.groupAt(event));
      transport.schedule();
    } else {
      log(mode === hold ? 'held' : 'not allowed', event);
      if (mode === hold && held.push(event) > maxHeldEvents) notHeld++;
    }
  }

  /** Nothing is stored without consent, not even a count. */
  function drop(reason: string, count?: number): void {
    log('dropped', reason);
    if (identity.mode() > hold) ledger.drop(reason, count);
  }

  function obey(): void {
    if (identity.mode() !== off) return;
    queue.clear();
    ledger.clear();
  }

  function release(): void {
    if (notHeld) drop('consent_pending', notHeld);
    held.slice(0, maxHeldEvents).forEach(accept);
    held = [];
    notHeld = 0;
    transport.resume();
  }

  obey();
  return {
    accept,
    drop,
    consent(state) {
      identity.consent(state);
      obey();
      if (identity.mode() !== hold) release();
    },
    identify(userId) {
      if (identity.mode() > hold) identity.setUser(userId);
    },
  };
}
