import { openStore } from '../db/open-store.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';

const usage = 'migrate';

/** Brings the database to the newest schema and leaves. */
export const migrateCommand: Command = {
  usage,
  summary: 'bring the database to the newest schema',
  async run({ args, config, print, log }) {
    readOptions(args, { usage, options: {} });
    const store = await openStore(config, { mode: 'join', log });
    await store.close();
    print(`the schema is up to date in ${store.description}`);
  },
};
