import { addSite, listSites } from '../access/sites.js';
import { openStore } from '../db/open-store.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const addUsage = 'site add SLUG [--name NAME] [--origin URL]… [--timezone ZONE] [--json]';
const listUsage = 'site list [--json]';

/** `footfall site add`: a new site and its public key. */
export const siteAdd: Command = {
  usage: addUsage,
  summary: 'create a site; --origin may be given several times',
  async run({ args, config, print, log }) {
    const { values, positionals } = readOptions(args, {
      usage: addUsage,
      positionals: 1,
      options: {
        name: { type: 'string' },
        origin: { type: 'string', multiple: true },
        timezone: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const [site = ''] = positionals;
    const store = await openStore(config, { mode: 'join', log });
    try {
      const siteKey = await addSite(store.database, {
        site,
        retentionDays: config.retentionDays,
        ...(values.name !== undefined && { name: values.name }),
        ...(values.timezone !== undefined && { timezone: values.timezone }),
        ...(values.origin !== undefined && { allowedOrigins: values.origin }),
      });
      if (siteKey === undefined)
        throw new StartError(`site: "${site}" is there already; expected a new slug`);
      print(values.json ? JSON.stringify({ site, siteKey }) : describeNewSite(site, siteKey));
    } finally {
      await store.close();
    }
  },
};

function describeNewSite(site: string, siteKey: string): string {
  return `site ${site} created; its key is ${siteKey}\n<script defer src="/sdk.js" data-site="${siteKey}"></script>`;
}

/** `footfall site list`: sites with their keys and origins. */
export const siteList: Command = {
  usage: listUsage,
  summary: 'show the sites, their keys and allowed origins',
  async run({ args, config, print, log }: Invocation) {
    const { values } = readOptions(args, { usage: listUsage, options: { json: { type: 'boolean' } } });
    const store = await openStore(config, { mode: 'join', log });
    try {
      const sites = await listSites(store.database);
      if (values.json) print(JSON.stringify(sites));
      else
        for (const site of sites)
          print(
            `${site.site}\tkey ${site.siteKeys.join(', ')}\torigins ${site.allowedOrigins.join(', ') || 'none'}`,
          );
    } finally {
      await store.close();
    }
  },
};
