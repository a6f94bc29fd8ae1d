import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export type Received = { path: string; headers: IncomingHttpHeaders; body: string; address: string };

export type HookReceiver = {
  /** http://127.0.0.1:port */
  origin: string;
  port: number;
  /** What came, in order. */
  received: Received[];
  /** Takes away what has come to a path. */
  take(path: string): Received[];
  stop(): Promise<void>;
};

/**
 * An HTTP server that webhooks may be sent to. The path says how it answers: /fail with 500, /away with a redirect to
 * /ok, /large with 4 MiB, /silent never, else with 204.
 */
export async function startHookReceiver(): Promise<HookReceiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { url: path = '', headers, socket } = request;
    received.push({ path, headers, body: await text(request), address: socket.localAddress ?? '' });
    if (path.startsWith('/silent')) return;
    if (path.startsWith('/fail')) response.writeHead(500).end('no');
    else if (path.startsWith('/away')) response.writeHead(302, { location: '/ok' }).end();
    else if (path.startsWith('/large')) response.writeHead(200).end('x'.repeat(4 << 20));
    else response.writeHead(204).end();
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    received,
    take(path) {
      const taken = received.filter((one) => one.path === path);
      received.splice(0, received.length, ...received.filter((one) => one.path !== path));
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export type Mail = { to: string[]; from: string; source: string };

export type MailReceiver = { url: string; mails: Mail[]; stop(): Promise<void> };

/** An SMTP server that keeps what it is given, for a user and password. It refuses recipients at refused.example. */
export async function startMailReceiver(): Promise<MailReceiver> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    onAuth: ({ username, password }, _session, callback) =>
      username === 'footfall' && password === 'mail-password'
        ? callback(null, { user: username })
        : callback(new Error('wrong password')),
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.endsWith('@refused.example') ? new Error('no such mailbox') : null),
    onData(stream, { envelope }, callback) {
      text(stream).then((source) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), from, source: decode(source) });
        callback(null);
      }, callback);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://footfall:mail-password@127.0.0.1:${port}`,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Quoted-printable (RFC 2045, section 6.7) as the text that it stands for. */
function decode(source: string): string {
  return source
    .replaceAll('=\r\n', '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
