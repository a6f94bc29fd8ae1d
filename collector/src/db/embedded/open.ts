import { giveToAccount } from './account.js';
import { attach } from './attach.js';
import { type Binaries, findBinaries } from './binaries.js';
import { type Cluster, hasCluster } from './cluster.js';
import { createCluster } from './create.js';
import { keepSession } from './keep-session.js';
import { removeLeftovers } from './leftovers.js';
import type { Mode } from './locks.js';
import { readPasswords } from './passwords.js';
import { findPlace, notePlace, type Place } from './place.js';

export type EmbeddedServer = {
  /** Of the database footfall for its owner, the login footfall: no superuser, may create roles and databases. */
  url: string;
  /** created: by this first start. adopted: left by a collector that was killed. joined: used beside others. */
  how: 'created' | 'started' | 'adopted' | 'joined';
  /** Where the data really is. */
  dataDir: string;
  /** Gives the server up. It is stopped unless another process still uses it. */
  stop(): Promise<void>;
};

type Options = {
  dataDir: string;
  mode: Mode;
  log: (line: string) => void;
};

/** Opens the PostgreSQL server that Footfall brings along, and creates its database at the first start. */
export async function openEmbedded({ dataDir, mode, log }: Options): Promise<EmbeddedServer> {
  const place = await findPlace({ dataDir, log });
  const binaries = await findBinaries({ account: place.account, log });
  await removeLeftovers(place.directory, log);
  const isNew = await ensureCluster({ place, binaries, log });
  await notePlace({ dataDir, place });
  const cluster: Cluster = { ...place, binaries, passwords: await readPasswords(place.directory) };
  const session = await attach(cluster, { mode, log });
  const how = describe({ isNew, isStartedHere: session.isStartedHere, mode });
  if (how === 'adopted') log(`adopted the database server that was already running (process ${session.pid})`);
  const { stop } = keepSession(session, { cluster, mode, log });
  return { url: urlOf(cluster, session.port), how, dataDir: place.directory, stop };
}

async function ensureCluster({
  place,
  binaries,
  log,
}: {
  place: Place;
  binaries: Binaries;
  log: (line: string) => void;
}): Promise<boolean> {
  if (!(await hasCluster({ place, binaries }))) return createCluster({ place, binaries, log });
  await giveToAccount(place.directory, place.account);
  return false;
}

function describe({
  isNew,
  isStartedHere,
  mode,
}: {
  isNew: boolean;
  isStartedHere: boolean;
  mode: Mode;
}): EmbeddedServer['how'] {
  if (isStartedHere) return isNew ? 'created' : 'started';
  return mode === 'own' ? 'adopted' : 'joined';
}

function urlOf({ passwords }: Cluster, port: number): string {
  return `postgres://footfall:${passwords.login}@127.0.0.1:${port}/footfall`;
}
