import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a collector and its database, at an address that stays. */
export type DatabaseProxy = {
  url(): string;
  /** Breaks every connection and takes no new ones: the database is away. */
  cut(): void;
  restore(): void;
  /**
   * Waits for the answer to the COMMIT of events, lets the callback act on it, and passes it on to nobody.
   */
  atNextCommit(act: () => void): void;
  /** How many connections the database has ended. */
  breaks(): number;
  /** Lets nothing through any more, and ends nothing: a server that hangs. */
  hang(): void;
  close(): Promise<void>;
};

const commitTag = 'COMMIT\0';
const commandComplete = 'C'.charCodeAt(0);
const headerBytes = 5;

/** @param target the connection URL of the database now; asked for each connection */
export async function startDatabaseProxy(target: () => string): Promise<DatabaseProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isHanging = false;
  let breaks = 0;
  let act: (() => void) | undefined;

  function accept(client: Socket): void {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(target());
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) track(socket);
    pipeThrough(client, server);
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  function pipeThrough(client: Socket, server: Socket): void {
    const readMessages = createMessageReader({ hasStartup: false });
    const writesEvents = createInsertWatcher();
    let hasEvents = false;
    client.on('data', (chunk) => {
      if (isHanging) return;
      if (writesEvents(chunk)) hasEvents = true;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isHanging) return;
      const isCommit = readMessages(chunk).some(isCommitAnswer);
      if (isCommit && hasEvents && act) return strike(client, server);
      if (isCommit) hasEvents = false;
      client.write(chunk);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (!client.destroyed) breaks += 1;
      client.destroy();
    });
  }

  function strike(client: Socket, server: Socket): void {
    const strikeNow = act;
    act = undefined;
    strikeNow?.();
    client.destroy();
    server.destroy();
  }

  const listener = await listen(createServer(accept));
  const { port } = listener.address() as AddressInfo;
  return {
    url() {
      const url = new URL(target());
      url.host = `127.0.0.1:${port}`;
      return url.href;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    hang() {
      isHanging = true;
    },
    restore() {
      // What was swallowed is missing in its connection.
      if (isHanging) for (const socket of sockets) socket.resetAndDestroy();
      isCut = false;
      isHanging = false;
    },
    breaks: () => breaks,
    atNextCommit(callback) {
      act = callback;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** Listens on a free port of the loopback. */
export async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

type Message = { type: number; body: Buffer };

function isCommitAnswer({ type, body }: Message): boolean {
  return type === commandComplete && body.toString('latin1') === commitTag;
}

const parse = 'P'.charCodeAt(0);
const bind = 'B'.charCodeAt(0);

/**
 * Tells which chunks of a client's stream insert events. The text of a prepared statement is sent once a connection, its
 * name each time.
 */
function createInsertWatcher(): (chunk: Buffer) => boolean {
  const readMessages = createMessageReader({ hasStartup: true });
  const inserts = new Set<string>();
  return (chunk) => {
    const bound = readMessages(chunk).filter(({ type, body }) => {
      const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
      if (type === parse && second.includes('insert-events.insert')) inserts.add(first);
      else if (type === parse) inserts.delete(first);
      return type === bind && inserts.has(second);
    });
    return bound.length > 0;
  };
}

/**
 * Cuts a stream into messages: a type, a length, a body. The first of a client has no type.
 * https://www.postgresql.org/docs/current/protocol-overview.html
 */
function createMessageReader({ hasStartup }: { hasStartup: boolean }): (chunk: Buffer) => Message[] {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Message[] = [];
    while (rest.length >= headerBytes) {
      const end = isStartup ? rest.readUInt32BE(0) : 1 + rest.readUInt32BE(1);
      if (rest.length < end) break;
      if (!isStartup) messages.push({ type: rest.readUInt8(0), body: rest.subarray(headerBytes, end) });
      isStartup = false;
      rest = rest.subarray(end);
    }
    return messages;
  };
}
