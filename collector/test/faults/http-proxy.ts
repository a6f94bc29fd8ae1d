import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { listen } from './database-proxy.js';

/** Stands between clients and a collector and resets some of the answers halfway. */
export type HttpProxy = {
  origin: string;
  /** How many answers were on their way when it cut them. */
  resets(): number;
  close(): Promise<void>;
};

/** @param every each how manieth answer is cut */
export async function startHttpProxy({ port, every }: { port: number; every: number }): Promise<HttpProxy> {
  const sockets = new Set<Socket>();
  let answers = 0;
  let resets = 0;

  const server = createServer((client) => {
    const collector = connect(port, '127.0.0.1');
    for (const socket of [client, collector]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => collector.write(chunk));
    collector.on('data', (chunk) => {
      answers += 1;
      if (answers % every !== 0) return void client.write(chunk);
      resets += 1;
      client.write(chunk.subarray(0, chunk.length / 2), () => client.resetAndDestroy());
      collector.resetAndDestroy();
    });
    client.on('close', () => collector.destroy());
    collector.on('close', () => client.destroy());
  });
  await listen(server);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    resets: () => resets,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
