import type { Config } from '../config.js';
import { type Database, openDatabase } from './database.js';
import { giveWay } from './embedded/give-way.js';
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

type Opening = { mode: 'own' | 'join'; log: (line: string) => void };

/** A server, whatever is in its database. */
export type OpenServer = {
  url: string;
  description: string;
  /** Where the embedded server keeps its data. */
  directory: string | undefined;
  stop(): Promise<void>;
};

/** Finds or starts the server that the configuration names. */
export async function openServer(
  { databaseUrl, dataDir }: Config,
  { mode, log }: Opening,
): Promise<OpenServer> {
  if (databaseUrl !== undefined) {
    const description = 'the server of DATABASE_URL';
    return { url: databaseUrl, description, directory: undefined, stop: async () => {} };
  }
  const { url, dataDir: directory, how, stop } = await openEmbedded({ dataDir, mode, log });
  return { url, description: `embedded PostgreSQL in ${directory} (${how})`, directory, stop };
}

/**
 * Opens the database that the configuration names and brings it to the newest schema.
 *
 * @param mode own: the collector, alone on an embedded server; join: a command, beside a collector that runs
 */
export async function openStore(config: Config, opening: Opening): Promise<Store> {
  const { log } = opening;
  const { url, description, directory, stop } = await openServer(config, opening);
  try {
    await migrate({ url, log });
  } catch (error) {
    await stop();
    throw error;
  }
  const database = openDatabase({ url, log, ...(directory !== undefined && { giveWay }) });
  return {
    database,
    description,
    directory,
    async close() {
      await database.end();
      await stop();
    },
  };
}
