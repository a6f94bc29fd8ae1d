import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { maxWireBytes } from '@footfall/schema/limits';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { App } from './app.js';
import { errorBody, Refusal } from './refusal.js';
import { StartError } from './start-error.js';

export type RunningServer = {
  /** Where the server listens, e.g. http://127.0.0.1:8787 */
  url: string;
  /** Takes no new connections, answers what is under way, and cuts what is still open after a time. */
  stop(): Promise<void>;
};

const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const timeoutCheckMs = 1_000;
const maxHeaderBytes = 16_384;
// A body that is still on its way then is not acknowledged: its client sends it again.
const stopTimeoutMs = 4_000;
const lingerMs = 300;

/**
 * Serves an app over HTTP.
 *
 * @throws StartError when the port is in use or the host is not an address of this machine
 */
export async function serve(
  app: App,
  { host, port }: { host: string; port: number },
): Promise<RunningServer> {
  const open = new Set<ServerResponse>();
  let isStopping = false;
  const answerApp = createListener(app);
  const answerRequest: RequestListener = (request, response) => {
    if (isStopping) response.setHeader('connection', 'close');
    open.add(response);
    response.once('close', () => open.delete(response));
    return answerApp(request, response);
  };
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: timeoutCheckMs,
      maxHeaderSize: maxHeaderBytes,
      requireHostHeader: false, // Node's own answer has no body: createListener gives one
    },
    answerRequest,
  );
  server.on('clientError', answerParserError);
  server.on('checkExpectation', answerRequest); // an expectation that is not known may be ignored (RFC 9110, 10.1.1)
  server.on('checkContinue', (request, response) => {
    if (!isTooLarge(request)) response.writeContinue();
    answerRequest(request, response);
  });
  await listen(server, { host, port });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${formatHost(host)}:${address.port}`,
    stop() {
      isStopping = true;
      return stop(server, open);
    },
  };
}

function createListener(app: App): RequestListener {
  const toApp = getRequestListener(app.fetch, { hostname: 'localhost', errorHandler: answerBadTarget });
  return (request, response) => {
    const hosts = countHosts(request);
    if (hosts === 1 || (hosts === 0 && request.httpVersion === '1.0')) return void toApp(request, response);
    const { status, headers, body } = describeRefusal(
      refusalOf(hosts === 0 ? 'no Host' : 'more than one Host'),
    );
    response.writeHead(status, headers).end(body);
  };
}

// Of several, Node shows the first and a proxy may have looked at the last (RFC 9112, section 3.2).
function countHosts({ headers, rawHeaders }: IncomingMessage): number {
  if (headers.host === undefined) return 0;
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host')
    .length;
}

function answerBadTarget(error: unknown): Response {
  const refusal =
    error instanceof RequestError
      ? refusalOf('the request target or the Host is no address')
      : new Refusal(503, 'unavailable', 'the collector cannot answer now');
  const { body, ...head } = describeRefusal(refusal);
  return new Response(body, head);
}

function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > maxWireBytes;
}

function describeRefusal(refusal: Refusal) {
  const body = JSON.stringify(errorBody(refusal));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  return { status: refusal.status, headers, body };
}

function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw explainListenError(error, { host, port });
  }
}

function explainListenError(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `PORT: expected a free port, but ${port} on ${host} is in use; set PORT to another`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new StartError(`PORT: expected a port that this user may open, got ${port}`, { cause: error });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(`HOST: expected an address of this machine, got "${host}"`, { cause: error });
  }
  return error;
}

// Node's parser refuses before any route: its answers get the same body as all the others.
function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = describeRefusal(refusalOf(error.code));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  closeForGood(socket);
}

// A client may keep its side open and send for ever. Closing at once would reset the connection while bytes of the client
// are unread, and the answer might be lost (RFC 9112, section 9.6): so they are read for a moment longer.
function closeForGood(socket: Socket): void {
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Refusal(408, 'timeout', 'request: expected the headers within 5 s and the body within 10 s');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Refusal(431, 'headers_too_large', `headers: expected at most ${maxHeaderBytes} bytes`);
  }
  return new Refusal(400, 'malformed', `request: not valid HTTP (${code ?? 'unknown'})`);
}

async function stop(server: Server, open: Set<ServerResponse>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close');
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), stopTimeoutMs);
  await closed;
  clearTimeout(cut);
}
