import type { Config } from '../config.js';
import { sqlstateOf } from '../db/failure.js';
import { openStore } from '../db/open-store.js';
import { readMaps } from '../source-maps/read-folder.js';
import { saveMaps } from '../source-maps/store.js';
import { uploadMaps } from '../source-maps/upload.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const usage = 'sourcemaps upload DIR --site SLUG --release RELEASE [--url URL] [--json]';
const foreignKeyViolation = '23503';

/**
 * `footfall sourcemaps upload`: stacks of the release are shown with the lines of the original sources. With `--url` the
 * maps go to that collector over HTTP, by the key in FOOTFALL_KEY; else into the database.
 */
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
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const site = required('site', values.site);
    const release = required('release', values.release);
    const maps = await readMaps(positionals[0] ?? '');
    if (values.url === undefined) await storeMaps({ config, log }, { site, release, maps });
    else await uploadMaps(readTarget(values.url, config, { site, release }), maps);
    const files = maps.map(({ file }) => file);
    if (values.json) print(JSON.stringify({ site, release, files }));
    else print(`${files.length} source maps of ${site} ${release} stored`);
  },
};

async function storeMaps(
  { config, log }: Pick<Invocation, 'config' | 'log'>,
  upload: Parameters<typeof saveMaps>[1],
): Promise<void> {
  const store = await openStore(config, { mode: 'join', log });
  try {
    await saveMaps(store.database, upload).catch((error) => {
      if (sqlstateOf(error) !== foreignKeyViolation) throw error;
      throw new StartError(`--site: there is no site "${upload.site}"; see footfall site list`, {
        cause: error,
      });
    });
  } finally {
    await store.close();
  }
}

function readTarget(given: string, { apiKey }: Config, names: { site: string; release: string }) {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new StartError(`--url: expected the http(s) URL of a collector, got "${given}"`, { exitCode: 2 });
  if (apiKey === undefined)
    throw new StartError('FOOTFALL_KEY: expected a key of the role admin or owner, for --url', {
      exitCode: 2,
    });
  return { url: url.href.replace(/\/$/, ''), key: apiKey, ...names };
}

function required(name: string, value: string | undefined): string {
  if (value) return value;
  throw new StartError(`--${name}: expected a value; usage: footfall ${usage}`, { exitCode: 2 });
}
