import type { Parameters } from '../../api/client.js';
import { type AddressChange, useAddress } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { type EventMatch, readMatches } from '../event-match.js';

/** What a funnel is asked by; also what is saved. */
export type FunnelQuestion = {
  steps: EventMatch[];
  /** Seconds from the first step to the last. */
  window: number;
  order: 'loose' | 'strict';
  unit: 'visitor' | 'session';
  breakdown?: string | undefined;
};

export type SavedFunnel = { id: string; name: string; parameters: FunnelQuestion };

export const windows = [
  { value: '1800', title: '30 minutes' },
  { value: '86400', title: '1 day' },
  { value: '604800', title: '7 days' },
  { value: '2592000', title: '30 days' },
  { value: '7776000', title: '90 days' },
] as const;

const defaultWindow = 86_400;

export const emptyFunnel: FunnelQuestion = {
  steps: [],
  window: defaultWindow,
  order: 'loose',
  unit: 'visitor',
};

/** The funnel of the address, or undefined where there is none. */
export function useFunnelQuestion(): FunnelQuestion | undefined {
  const address = useAddress();
  const steps = readMatches(address.get('steps') ?? undefined);
  if (!steps || steps.length < 2) return undefined;
  return {
    steps,
    window: Number(address.get('window')) || defaultWindow,
    order: address.get('order') === 'strict' ? 'strict' : 'loose',
    unit: address.get('unit') === 'session' ? 'session' : 'visitor',
    breakdown: address.get('breakdown') ?? undefined,
  };
}

/** What of an address shows a funnel. */
export function funnelChange({ steps, window, order, unit, breakdown }: FunnelQuestion): AddressChange {
  return {
    steps: JSON.stringify(steps),
    window: window === defaultWindow ? null : String(window),
    order: order === 'strict' ? order : null,
    unit: unit === 'session' ? unit : null,
    breakdown: breakdown ?? null,
  };
}

export function funnelParameters(scope: Scope, question: FunnelQuestion): Parameters {
  const { steps, window, order, unit, breakdown } = question;
  return { ...reportParameters(scope), steps: JSON.stringify(steps), window, order, unit, breakdown };
}
