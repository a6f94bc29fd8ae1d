import { connect, type Socket } from 'node:net';

export type Answer = { status: number; headers: Headers; text: string; body: unknown };

/** A request as it goes over the wire: nothing is added, checked or put right. */
export type RawRequest = {
  method?: string;
  path?: string;
  version?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  isChunked?: boolean;
};

export type RawConnection = {
  socket: Socket;
  /** The next complete answer, in order; rejects when the connection ends before. */
  nextAnswer(): Promise<Answer>;
  /** Resolves when the server has said that it will send no more, which ends a connection for an ordinary client. */
  ended: Promise<void>;
  /** Resolves when the connection is gone. */
  closed: Promise<void>;
};

/** Writes a request as bytes, with the headers exactly as given. */
export function composeRequest({
  method = 'POST',
  path = '/v1/events?site=demo',
  version = '1.1',
  headers = {},
  body,
  isChunked = false,
}: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? '');
  const length: Record<string, string> = isChunked
    ? { 'transfer-encoding': 'chunked' }
    : body === undefined
      ? {}
      : { 'content-length': String(bytes.length) };
  const all = { host: 'collector.example', ...length, ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `${method} ${path} HTTP/${version}\r\n${head.join('')}\r\n`;
  return Buffer.concat([Buffer.from(start, 'latin1'), isChunked ? chunk(bytes) : bytes]);
}

const chunkBytes = 16_384;

function chunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** Opens a connection to a collector. */
export function openConnection(origin: string): RawConnection {
  const { hostname, port } = new URL(origin);
  // Half open: the server has to close its side by itself, as with a client that means harm.
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let received = Buffer.alloc(0);
  let isClosed = false;
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
  });
  // A reset by the server is an answer of its own: `closed` tells.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      resolve();
    });
  });

  const ended = new Promise<void>((resolve) => {
    socket.on('end', resolve);
    socket.on('close', () => resolve());
  });

  function takeAnswer(): Answer | undefined {
    const found = parseAnswer(received);
    if (found) received = received.subarray(found.length);
    return found?.answer;
  }

  function nextAnswer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const answer = takeAnswer();
        if (!answer && !isClosed) return;
        socket.off('data', look);
        socket.off('close', look);
        if (answer) resolve(answer);
        else reject(new Error(`closed without an answer: ${received.toString('latin1', 0, 200)}`));
      };
      socket.on('data', look);
      socket.on('close', look);
      look();
    });
  }

  return { socket, nextAnswer, ended, closed };
}

function parseAnswer(received: Buffer): { answer: Answer; length: number } | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const size = Number(headers.get('content-length') ?? 0);
  const length = end + 4 + size;
  if (received.length < length) return undefined;
  const text = received.toString('utf8', end + 4, length);
  return { answer: { status, headers, text, body: text && JSON.parse(text) }, length };
}

/** Sends one request on a connection of its own and returns its answer. */
export async function exchange(origin: string, request: RawRequest | Uint8Array): Promise<Answer> {
  const connection = openConnection(origin);
  connection.socket.write(request instanceof Uint8Array ? request : composeRequest(request));
  try {
    return await connection.nextAnswer();
  } finally {
    connection.socket.destroy();
  }
}
