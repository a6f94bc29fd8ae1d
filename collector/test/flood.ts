import { once } from 'node:events';
import { connect } from 'node:net';

/** A request as it goes over the wire, by its number. */
export type MakeRequest = (index: number) => string;

const connections = 16;
const pipelined = 25;

/** Sends requests as fast as they are answered, over a few connections, and counts the statuses of the answers. */
export async function flood(
  origin: string,
  { count, make }: { count: number; make: MakeRequest },
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  let next = 0;

  async function run(): Promise<void> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.setEncoding('latin1');
    while (next < count) {
      const requests = [];
      while (requests.length < pipelined && next < count) requests.push(make(next++));
      socket.write(requests.join(''));
      let answers = '';
      while (statusesOf(answers).length < requests.length) answers += String((await once(socket, 'data'))[0]);
      for (const status of statusesOf(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    socket.destroy();
  }

  await Promise.all(Array.from({ length: connections }, run));
  return statuses;
}

// An answer is counted at its head; what follows of its body is read before the next one.
function statusesOf(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
}

/** A GET that a proxy passes on for an address. */
export function getFor(address: string, path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${address}\r\n\r\n`;
}

/** The same for a POST of JSON. */
export function postFor(address: string, path: string, body: string): string {
  const head = `host: x\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  return `POST ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`;
}
