import type { Database } from '../db/database.js';
import { openStore } from '../db/open-store.js';
import { Refusal } from '../refusal.js';
import { StartError } from '../start-error.js';
import type { Invocation } from './command.js';

/**
 * Does something with the database, and closes it again.
 *
 * @throws StartError in place of a Refusal: what the API answers with a 4xx, the command says in a line
 */
export async function withDatabase(
  { config, log }: Invocation,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const store = await openStore(config, { mode: 'join', log });
  try {
    await work(store.database);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw explain(error);
  } finally {
    await store.close();
  }
}

function explain(refusal: Refusal): StartError {
  const { status, message, detail } = refusal;
  const exitCode = status === 400 || status === 422 ? 2 : 1;
  return new StartError(detail.hint ? `${message} (${detail.hint})` : message, { exitCode, cause: refusal });
}
