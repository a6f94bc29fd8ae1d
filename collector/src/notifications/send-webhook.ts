import { createHmac } from 'node:crypto';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { type Destination, findDestination, type Reach } from './find-destination.js';

export type WebhookAnswer = { status: number; body: string };

export type Webhook = {
  url: string;
  secret: string;
  /** The same at every attempt. */
  id: string;
  event: string;
  body: string;
  /** Milliseconds since 1970. */
  now: number;
};

const timeoutMs = 5_000;
const maxAnswerBytes = 1_024;

/**
 * Signs as `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>` with the secret of the rule, so that a receiver
 * knows the sender and can refuse what is old.
 */
export function signBody({ secret, body, now }: Pick<Webhook, 'secret' | 'body' | 'now'>): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/**
 * Posts a message to a webhook: to the address that was checked, within five seconds, following nothing, and reading at
 * most 1 KiB of the answer.
 *
 * @throws RefusedDestination where the address is not to be reached, else what went wrong on the way
 */
export async function sendWebhook(webhook: Webhook, reach: Reach): Promise<WebhookAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const destination = await untilAborted(findDestination(webhook.url, reach), signal);
    return await post(destination, webhook, signal);
  } catch (cause) {
    throw signal.aborted ? new Error(`no answer within ${timeoutMs / 1_000} s`, { cause }) : cause;
  }
}

// The resolver cannot be stopped, only left.
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function post(destination: Destination, webhook: Webhook, signal: AbortSignal): Promise<WebhookAnswer> {
  const request = destination.url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(optionsOf(destination, webhook, signal), (answer) => {
      readStart(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    sent.on('error', reject);
    sent.end(webhook.body);
  });
}

function optionsOf({ url, address, family }: Destination, webhook: Webhook, signal: AbortSignal) {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions & { servername?: string } = {
    method: 'POST',
    host: address,
    family,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    agent: false,
    signal,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(webhook.body),
      'user-agent': 'Footfall',
      'footfall-event': webhook.event,
      'footfall-delivery': webhook.id,
      'footfall-signature': signBody(webhook),
    },
  };
  // The certificate is that of the name, also though the connection is to an address.
  return isIP(name) === 0 ? { ...options, servername: name } : options;
}

async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxAnswerBytes) break; // which ends the connection
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('latin1');
}
