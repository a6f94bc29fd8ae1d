import pg from 'pg';
import { StartError } from '../../start-error.js';
import type { Cluster } from './cluster.js';
import { errorCode, reasonOf } from './errno.js';
import { isSameDirectory } from './find-server.js';
import { applicationPrefix, type Mode, takeLocks } from './locks.js';

/** The connection whose locks say that this process uses a server. It ends with the process, however that ends. */
export type Session = { client: pg.Client; pid: number; port: number };

/**
 * Connects to a running server and takes the locks of a mode. A reason instead of a session: not now, try again,
 * because the server is starting or shutting down. Throws when another collector has the directory.
 */
export async function openSession(
  cluster: Cluster,
  { pid, port, mode }: { pid: number; port: number; mode: Mode },
): Promise<Session | string> {
  const client = newClient(cluster, port);
  try {
    await client.connect();
    await expectSameDirectory(client, { cluster, pid });
    if (await takeLocks(client, { cluster, mode })) return { client, pid, port };
    await client.end();
    return 'the footfall command that used it last is ending';
  } catch (error) {
    await client.end().catch(() => {});
    if (error instanceof StartError) throw error;
    if (isWrongPassword(error)) throw wrongPassword(cluster, error);
    return reasonOf(error);
  }
}

function newClient({ passwords }: Cluster, port: number): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: passwords.superuser,
    database: 'postgres',
    application_name: `${applicationPrefix}${process.pid}`,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  // Without a listener the end of the server would end this process. keepSession listens to what follows it: end.
  client.on('error', () => {});
  return client;
}

/** Whether a server refused a password. */
export function isWrongPassword(error: unknown): boolean {
  return errorCode(error) === '28P01';
}

function wrongPassword({ directory }: Cluster, cause: unknown): StartError {
  return new StartError(
    `the database server in ${directory} refuses the password in its footfall-passwords.json: expected the ` +
      'password of its role postgres; restore the file, or set the password back',
    { cause },
  );
}

/** A directory that was moved while its server ran is not what the server believes to work in. */
async function expectSameDirectory(
  client: pg.Client,
  { cluster, pid }: { cluster: Cluster; pid: number },
): Promise<void> {
  const shown = await client.query<{ data_directory: string }>('show data_directory');
  const serving = shown.rows[0]?.data_directory ?? '';
  if (await isSameDirectory(serving, cluster.directory)) return;
  throw new StartError(
    `the server of ${cluster.directory} (process ${pid}) was started in ${serving}: expected a directory that is ` +
      `not moved while its server runs; stop it with kill -INT ${pid}, then start again`,
  );
}
