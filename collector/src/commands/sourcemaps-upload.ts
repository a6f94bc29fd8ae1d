import { sqlstateOf } from '../db/failure.js';
import { openStore } from '../db/open-store.js';
import { readMaps } from '../source-maps/read-folder.js';
import { saveMaps } from '../source-maps/store.js';
import { StartError } from '../start-error.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';

const usage = 'sourcemaps upload DIR --site SLUG --release RELEASE [--json]';
const foreignKeyViolation = '23503';

/** `footfall sourcemaps upload`: stacks of the release are shown with the lines of the original sources. */
export const sourcemapsUpload: Command = {
  usage,
  summary: 'store the source maps of a release; DIR is the folder that the site serves',
  async run({ args, config, print, log }) {
    const { values, positionals } = readOptions(args, {
      usage,
      positionals: 1,
      options: {
        site: { type: 'string' },
        release: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const site = required('site', values.site);
    const release = required('release', values.release);
    const maps = await readMaps(positionals[0] ?? '');
    const store = await openStore(config, { mode: 'join', log });
    try {
      await saveMaps(store.database, { site, release, maps }).catch((error) => {
        if (sqlstateOf(error) !== foreignKeyViolation) throw error;
        throw new StartError(`--site: there is no site "${site}"; see footfall site list`, { cause: error });
      });
    } finally {
      await store.close();
    }
    const files = maps.map(({ file }) => file);
    if (values.json) print(JSON.stringify({ site, release, files }));
    else print(`${files.length} source maps of ${site} ${release} stored`);
  },
};

function required(name: string, value: string | undefined): string {
  if (value) return value;
  throw new StartError(`--${name}: expected a value; usage: footfall ${usage}`, { exitCode: 2 });
}
