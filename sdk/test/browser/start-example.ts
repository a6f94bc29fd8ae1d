import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { closeServer, listenOnLoopback } from './chromium.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export type Example = { url: string; collector: string; stop(): Promise<void> };

async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = new URL(await listenOnLoopback(server));
  await closeServer(server);
  return port;
}

/** Runs an example as its README says, against a database, and waits for the line that names its page. */
export async function startExample(
  name: string,
  { databaseUrl, portVariable }: { databaseUrl: string; portVariable: string },
): Promise<Example> {
  const port = await freePort();
  const child = spawn(process.execPath, ['start.mjs'], {
    cwd: `${root}/examples/${name}`,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: databaseUrl,
      PORT: port,
      [portVariable]: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /^(?:page|shop) +(http\S+)/m.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('close', () => reject(new Error(`${name} ended before its page was there: ${output}`)));
  });
  return {
    url,
    collector: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
