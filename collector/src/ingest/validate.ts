import { type Event, eventSchema, eventTypes, isUuidv7, type RejectionCode } from '@footfall/schema';
import { maxEventBytes, maxNameBytes } from '@footfall/schema/limits';
import { type Flag, sanitize } from './sanitize.js';

export type ValidEvent = { index: number; event: Event; flags: Set<Flag> };
export type RefusedEvent = {
  index: number;
  id: string | null;
  code: RejectionCode;
  message: string;
  event: unknown;
};

type Outcome = ValidEvent | RefusedEvent;
type Problem = { code: RejectionCode; message: string };

const knownTypes: ReadonlySet<unknown> = new Set(eventTypes);
// What a Date can hold: a browser's clock may be that wrong, since its events are never stored in the future.
const browserTimes = { first: -8.64e15, last: 8.64e15 };
// A server's time is stored as it is: sessions around it must be times too, in the four digits of a year.
const serverTimes = { first: Date.UTC(1000, 0, 1), last: Date.UTC(9999, 0, 1) };
type Times = typeof browserTimes;

/** Checks the events of a batch one by one, so that a bad one never harms the others. */
export function validateEvents(
  events: unknown[],
  { isServer }: { isServer: boolean },
): { valid: ValidEvent[]; refused: RefusedEvent[] } {
  const times = isServer ? serverTimes : browserTimes;
  const valid: ValidEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const [index, input] of events.entries()) {
    const outcome = validateEvent(input, index, times);
    if ('code' in outcome) refused.push(outcome);
    else valid.push(outcome);
  }
  return { valid, refused };
}

function validateEvent(input: unknown, index: number, times: Times): Outcome {
  if (!isObject(input)) {
    return refuse(input, index, {
      code: 'not_object',
      message: `events[${index}]: expected an object, got ${show(input)}`,
    });
  }
  const clean = sanitize(input);
  if ('problem' in clean) {
    return refuse(input, index, { code: clean.problem, message: `events[${index}]: ${clean.message}` });
  }
  const event = clean.value;
  if (!isObject(event)) throw new TypeError('sanitize: an object stays an object');
  const mayBeLarge = clean.maxBytes > maxEventBytes;
  const problem = findProblem(event, `events[${index}]`, { times, mayBeLarge });
  if (problem) return refuse(event, index, problem);
  return parseEvent(event, index, clean.flags);
}

function findProblem(
  event: Record<string, unknown>,
  where: string,
  { times, mayBeLarge }: { times: Times; mayBeLarge: boolean },
): Problem | undefined {
  if (!isUuidv7(event.id)) {
    return { code: 'bad_id', message: `${where}.id: expected a UUIDv7, got ${show(event.id)}` };
  }
  if (!knownTypes.has(event.type)) {
    return {
      code: 'bad_type',
      message: `${where}.type: expected one of ${eventTypes.join(', ')}, got ${show(event.type)}`,
    };
  }
  return (
    findNameProblem(event, where) ??
    (mayBeLarge ? findSizeProblem(event, where) : undefined) ??
    findTimeProblem(event, where, times)
  );
}

function findNameProblem({ name, type }: Record<string, unknown>, where: string): Problem | undefined {
  const isMissing = name === undefined || name === '';
  const fits = typeof name === 'string' && Buffer.byteLength(name) <= maxNameBytes;
  if (fits ? !(isMissing && type === 'custom') : isMissing && type !== 'custom') return undefined;
  return {
    code: 'bad_name',
    message: `${where}.name: expected 1 to ${maxNameBytes} bytes of text, got ${show(name)}`,
  };
}

function findSizeProblem(event: Record<string, unknown>, where: string): Problem | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes <= maxEventBytes) return undefined;
  return { code: 'too_large', message: `${where}: expected at most ${maxEventBytes} bytes, got ${bytes}` };
}

function findTimeProblem(
  { ts }: Record<string, unknown>,
  where: string,
  { first, last }: Times,
): Problem | undefined {
  if (typeof ts === 'number' && ts >= first && ts <= last) return undefined;
  return { code: 'bad_ts', message: `${where}.ts: expected milliseconds since 1970, got ${show(ts)}` };
}

function parseEvent(event: Record<string, unknown>, index: number, flags: Set<Flag>): Outcome {
  const parsed = eventSchema.safeParse(event);
  if (parsed.success) return { index, event: parsed.data, flags };
  const issue = parsed.error.issues[0];
  const path = ['', ...(issue?.path ?? [])].join('.');
  return refuse(event, index, {
    code: 'schema',
    message: `events[${index}]${path}: ${issue?.message ?? 'does not fit the schema'}`,
  });
}

function refuse(event: unknown, index: number, problem: Problem): RefusedEvent {
  const id = isObject(event) && typeof event.id === 'string' ? event.id.slice(0, 100) : null;
  return { index, id, event, ...problem };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Never JSON.stringify here: it throws at a depth that JSON.parse took.
function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 60)}"`;
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
