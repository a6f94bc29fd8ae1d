import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { WireEvent } from '../../src/wire.js';
import { closeServer, listenOnLoopback } from './chromium.js';

export type ReceivedBatch = {
  at: number;
  status: number;
  /** Whether the body came compressed; `body` is its text. */
  isGzip: boolean;
  raw: Buffer;
  body: string;
  contentType: string | undefined;
  query: URLSearchParams;
  batch: {
    visitor?: { id?: string; userId?: string };
    session?: { id: string };
    context: Record<string, unknown>;
    dropped?: Record<string, number>;
    linkCookieless?: boolean;
    events: WireEvent[];
  };
};

/**
 * How the next requests are answered. `cut` reads the batch and hangs up without an answer, `lost` stores it first,
 * `silent` never answers.
 */
export type Behaviour = { status: number; retryAfter?: string } | 'cut' | 'lost' | 'silent';

export type RecordingServer = {
  origin: string;
  received: ReceivedBatch[];
  /** Events of the batches that were answered with 200, each id once, in the order of arrival. */
  stored(): WireEvent[];
  answer(behaviour: Behaviour | ((request: ReceivedBatch) => Behaviour)): void;
  /** Refuses connections, as if the way to it were cut, until it is turned on again. */
  turnOff(): Promise<void>;
  turnOn(): Promise<void>;
  /** Resolves when the condition holds; it is asked again after every request. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
};

const headers = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
  'content-type': 'application/json',
  // On a connection that was used before, Chromium itself repeats a request that got no answer.
  connection: 'close',
};

/**
 * A collector that stores nothing but remembers everything, with the status codes of the real one. With an `upstream`
 * it hands on what it accepts, and answers as that did.
 */
export async function startRecordingServer({
  upstream,
}: {
  upstream?: string;
} = {}): Promise<RecordingServer> {
  const received: ReceivedBatch[] = [];
  const waiting = new Set<() => void>();
  let behave: (request: ReceivedBatch) => Behaviour = () => ({ status: 200 });

  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(405, headers).end();
    const entry = await read(request).catch(() => null);
    // The browser ended in the middle of the request.
    if (!entry) return response.destroy();
    const behaviour = behave(entry);
    entry.status = statusOf(behaviour);
    const answer = upstream && entry.status === 200 ? await handOn(request, entry, upstream) : accept(entry);
    received.push(entry);
    reply(
      response,
      typeof behaviour === 'string' ? behaviour : { ...behaviour, status: entry.status },
      answer,
    );
    for (const check of waiting) check();
  });

  function stored(): WireEvent[] {
    const byId = new Map<string, WireEvent>();
    for (const { status, batch } of received) {
      if (status === 200)
        for (const event of batch.events) if (!byId.has(event.id)) byId.set(event.id, event);
    }
    return [...byId.values()];
  }

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  }

  const origin = await listenOnLoopback(server);

  return {
    origin,
    turnOff: () => closeServer(server),
    turnOn: async () => void (await listenOnLoopback(server, Number(new URL(origin).port))),
    received,
    stored,
    answer: (behaviour) => {
      behave = typeof behaviour === 'function' ? behaviour : () => behaviour;
    },
    until,
    close: () => closeServer(server),
  };
}

async function read(request: IncomingMessage): Promise<ReceivedBatch> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const isGzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const body = (isGzip ? gunzipSync(raw) : raw).toString();
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return {
    at: Date.now(),
    status: 0,
    isGzip,
    raw,
    body,
    contentType: request.headers['content-type'],
    query: searchParams,
    batch: JSON.parse(body),
  };
}

function statusOf(behaviour: Behaviour): number {
  if (behaviour === 'lost') return 200;
  return typeof behaviour === 'string' ? 0 : behaviour.status;
}

function accept({ batch }: ReceivedBatch): string {
  const answer = { accepted: batch.events.length, duplicate: 0, rejected: [], serverTime: Date.now() };
  return JSON.stringify(answer);
}

/** Sends a batch on, as the browser sent it. */
async function handOn(request: IncomingMessage, entry: ReceivedBatch, upstream: string): Promise<string> {
  const names = ['content-type', 'user-agent', 'origin'];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
  const answer = await fetch(upstream + request.url, {
    method: 'POST',
    headers,
    body: new Uint8Array(entry.raw),
  });
  entry.status = answer.status;
  return answer.text();
}

function reply(response: ServerResponse, behaviour: Behaviour, answer: string): void {
  if (behaviour === 'cut' || behaviour === 'lost') return void response.destroy();
  if (behaviour === 'silent') return;
  const { status, retryAfter } = behaviour;
  response.writeHead(status, { ...headers, ...(retryAfter && { 'retry-after': retryAfter }) });
  response.end(status === 200 ? answer : JSON.stringify({ error: { code: 'told', message: 'as told' } }));
}
