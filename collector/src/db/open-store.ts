import type { Config } from '../config.js';
import { type Database, openDatabase } from './database.js';
import { openEmbedded } from './embedded/open.js';
import { migrate } from './migrate.js';

/** A migrated database, on the server of DATABASE_URL or on the embedded one. */
export type Store = {
  database: Database;
  description: string;
  /** Where the embedded server keeps its data. */
  directory: string | undefined;
  close(): Promise<void>;
};

/**
 * Opens the database that the configuration names and brings it to the newest schema.
 *
 * @param mode own: the collector, alone on an embedded server; join: a command, beside a collector that runs
 */
export async function openStore(
  config: Config,
  { mode, log }: { mode: 'own' | 'join'; log: (line: string) => void },
): Promise<Store> {
  const server =
    config.databaseUrl === undefined ? await openEmbedded({ dataDir: config.dataDir, mode, log }) : undefined;
  const url = server?.url ?? config.databaseUrl ?? '';
  try {
    await migrate({ url, log });
  } catch (error) {
    await server?.stop();
    throw error;
  }
  const database = openDatabase({ url, log });
  return {
    database,
    description: server
      ? `embedded PostgreSQL in ${server.dataDir} (${server.how})`
      : 'the server of DATABASE_URL',
    directory: server?.dataDir,
    async close() {
      await database.end();
      await server?.stop();
    },
  };
}
