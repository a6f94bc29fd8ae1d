import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../src/db/embedded/open.js';
import { createTemplate } from './template-database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a login that may create databases and roles. */
    adminUrl: string;
  }
}

type Started = { url: string; stop(): Promise<void> };

/** Provides one server for all database tests, FOOTFALL_TEST_DATABASE_URL or a temporary one, and a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.FOOTFALL_TEST_DATABASE_URL;
  const server: Started = given ? { url: given, stop: async () => {} } : await startTemporary();
  const template = await createTemplate(server.url);
  project.provide('adminUrl', server.url);
  project.provide('templateDatabase', template.name);
  return async () => {
    await template.drop();
    await server.stop();
  };
}

async function startTemporary(): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-test-'));
  // Started by root the server runs as another user, who has to get into the directory.
  await chmod(dataDir, 0o755);
  const server = await openEmbedded({ dataDir, mode: 'own', log: console.log });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      // Where that user cannot get into the temporary directory at all, the data is somewhere else.
      for (const directory of [dirname(server.dataDir), dataDir]) {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
