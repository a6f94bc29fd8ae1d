import { readFileSync } from 'node:fs';
import { newId } from '../test-collector.js';

export type BadInput = {
  id: number;
  name: string;
  method: string;
  query?: string;
  headers?: Record<string, string>;
  raw?: string;
  generate?: string;
  expected: { http: number | string | null; stored: string; class: string };
  note?: string;
};

const file = new URL('../../../schema/fixtures/bad-inputs.json', import.meta.url);
const dayMs = 86_400_000;

export const badInputs: BadInput[] = JSON.parse(readFileSync(file, 'utf8')).cases;

/** What an expectation like "events 1 + dead_letter 2 (bad_id)" asks for. "counter only" and "nothing" are no rows. */
export function readStored(stored: string): { events: number; letters: number } {
  return {
    events: Number(/events (\d+)/.exec(stored)?.[1] ?? 0),
    letters: Number(/dead_letter (\d+)/.exec(stored)?.[1] ?? 0),
  };
}

/** Fills in the placeholders of a body: ids and times. */
export function fillPlaceholders(raw: string, now: number = Date.now()): string {
  const named = new Map<string, string>();
  return raw.replace(/\{\{([^}]+)\}\}/g, (_, placeholder: string) => {
    const [, days] = /^(?:id:|now)([+-]\d+)d$/.exec(placeholder) ?? [];
    const at = now + Number(days ?? 0) * dayMs;
    if (placeholder.startsWith('now')) return String(at);
    const id = placeholder.includes('#') ? (named.get(placeholder) ?? newId(at)) : newId(at);
    named.set(placeholder, id);
    return id;
  });
}
