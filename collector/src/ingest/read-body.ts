import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { maxInflatedBytes, maxWireBytes } from '@footfall/schema/limits';
import { Refusal } from '../refusal.js';

const inflate = promisify(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** In bytes: as sent, and inflated. */
type BodyLimits = { maxWireBytes: number; maxInflatedBytes: number };

const batchLimits: BodyLimits = { maxWireBytes, maxInflatedBytes };

/**
 * Reads the JSON body of a request and its size, inflated; as a batch may be, unless other limits are given.
 *
 * @throws Refusal 400 malformed, 413 too large, 415 unsupported type or encoding
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits = batchLimits,
): Promise<{ body: unknown; bytes: number }> {
  const { text, bytes } = await readText(request, limits);
  return { body: parseJson(text), bytes };
}

/**
 * Reads the body of a request as text: bytes are counted while they stream in, gzip is capped while it inflates.
 *
 * @throws Refusal 400 malformed, 413 too large, 415 unsupported type or encoding
 */
export async function readText(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<{ text: string; bytes: number }> {
  requireContentType(request.headers['content-type']);
  const encoding = readEncoding(request.headers['content-encoding']);
  const wire = await collectBytes(request, limits);
  const bytes = encoding === 'gzip' || isGzip(wire) ? await inflateCapped(wire, limits) : wire;
  return { text: decode(bytes), bytes: bytes.byteLength };
}

function requireContentType(header: string | undefined): void {
  const type = (header ?? 'text/plain').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json' || type === 'text/plain') return;
  throw new Refusal(
    415,
    'unsupported_type',
    `content-type: expected application/json or text/plain, got "${type}"`,
    {
      path: 'content-type',
      expected: 'application/json or text/plain',
    },
  );
}

function readEncoding(header: string | undefined): 'gzip' | 'identity' {
  const encoding = (header ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip'; // RFC 9110, section 8.4.1.3
  throw new Refusal(
    415,
    'unsupported_encoding',
    `content-encoding: expected gzip or none, got "${encoding}"`,
    {
      path: 'content-encoding',
      expected: 'gzip or none',
    },
  );
}

// Events of the stream and not its async iterator, which is slower and would cut the connection before the answer of 413.
function collectBytes(request: IncomingMessage, { maxWireBytes: maxBytes }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) reject(sizeRefusal(maxBytes));
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > maxBytes) reject(sizeRefusal(maxBytes));
      else chunks.push(chunk);
    });
    request.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)),
    );
    // A client that goes away halfway is no failure of ours: nobody reads the answer, and no log needs a line about it.
    const giveUp = (cause?: Error) => {
      if (!request.complete)
        reject(new Refusal(400, 'aborted', 'body: the connection ended before it', { cause }));
    };
    request.once('error', giveUp);
    request.once('close', giveUp);
  });
}

function sizeRefusal(maxBytes: number): Refusal {
  return new Refusal(413, 'too_large', `body: expected at most ${maxBytes} bytes`, {
    path: 'body',
    expected: `at most ${maxBytes} bytes`,
    ...(maxBytes === maxWireBytes && { hint: 'send the events in smaller batches' }),
  });
}

// Browsers cannot set Content-Encoding without a preflight, so a text/plain body may be gzip by its magic bytes
// (RFC 1952, section 2.3.1). No JSON text begins with them.
function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function inflateCapped(bytes: Buffer, { maxInflatedBytes: maxBytes }: BodyLimits): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Refusal(413, 'too_large', `body: expected at most ${maxBytes} bytes after inflating`);
    }
    throw new Refusal(400, 'malformed', 'body: expected a complete gzip stream', { cause: error });
  }
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new Refusal(400, 'malformed', 'body: expected UTF-8', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, 'malformed', `body: expected JSON: ${reason.slice(0, 120)}`, { cause: error });
  }
}
