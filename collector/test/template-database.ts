import pg from 'pg';
import { migrate } from '../src/db/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database that test files copy. */
    templateDatabase: string;
  }
}

/** Makes the template of this run: migrating once and copying is much faster than migrating for each file. */
export async function createTemplate(adminUrl: string): Promise<{ name: string; drop(): Promise<void> }> {
  const name = `footfall_template_${process.pid}`;
  await runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`);
  await runAsAdmin(adminUrl, `create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await migrate({ url: url.href, log: () => {} });
  return { name, drop: () => dropDatabase(adminUrl, name) };
}

const databaseInUse = '55006';

/**
 * Drops a database. Where somebody is still connected, those connections are ended first: a drop by force would end the
 * server's own workers too, which it may not, while an ordinary drop waits for them.
 */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  try {
    await runAsAdmin(adminUrl, `drop database ${name}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== databaseInUse) throw error;
    await runAsAdmin(
      adminUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and backend_type = 'client backend'`,
    );
    await runAsAdmin(adminUrl, `drop database ${name}`);
  }
}

/** Runs one statement on the server that all databases of a test run share. */
export async function runAsAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
