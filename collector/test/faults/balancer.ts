import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { listen } from './database-proxy.js';

/** Stands in front of collectors and deals out connections among those in use. */
export type Balancer = {
  origin: string;
  /** From now on these ports; connections of before are cut, as they may be to another. */
  use(...ports: number[]): void;
  close(): Promise<void>;
};

export async function startBalancer(): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let ports: number[] = [];
  let turn = 0;
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  const server = createServer((client) => {
    const collector = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
    for (const socket of [client, collector]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(collector);
    collector.pipe(client);
    client.on('close', () => collector.destroy());
    collector.on('close', () => client.destroy());
  });
  await listen(server);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use(...next) {
      ports = next;
      cutAll();
    },
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
