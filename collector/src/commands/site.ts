import { byCommandLine } from '../access/audit.js';
import { defaultOverlapHours, rotateSiteKey } from '../access/rotate-site-key.js';
import { changeSite, type SiteChanges, siteChangesSchema } from '../access/site-settings.js';
import { addSite, listSites } from '../access/sites.js';
import { openStore } from '../db/open-store.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { readOverlap } from './read-overlap.js';
import { unknownSite } from './require-site.js';

const addUsage = 'site add SLUG [--name NAME] [--origin URL]… [--timezone ZONE] [--json]';
const listUsage = 'site list [--json]';
const setUsage = `site set SLUG [--name NAME] [--timezone ZONE] [--currency CODE] [--week-start 1-7] [--origin URL]…
          [--exclude-address NET]… [--exclude-host HOST]… [--exclude-path PATH]… [--json]`;
const rotateUsage = 'site rotate-key SLUG [--overlap HOURS] [--json]';

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
      const added = {
        site,
        retentionDays: config.retentionDays,
        ...(values.name !== undefined && { name: values.name }),
        ...(values.timezone !== undefined && { timezone: values.timezone }),
        ...(values.origin !== undefined && { allowedOrigins: values.origin }),
      };
      const siteKey = await addSite(store.database, added, byCommandLine);
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

const listOptions = {
  origin: 'allowedOrigins',
  'exclude-address': 'excludedAddresses',
  'exclude-host': 'excludedHosts',
  'exclude-path': 'excludedPaths',
} as const;

/** `footfall site set`: changes what is given. A list is replaced as a whole; one empty value empties it. */
export const siteSet: Command = {
  usage: setUsage,
  summary: "change a site; a list is replaced by the values given, and emptied by one that is ''",
  async run({ args, config, print, log }) {
    const { values, positionals } = readOptions(args, {
      usage: setUsage,
      positionals: 1,
      options: {
        name: { type: 'string' },
        timezone: { type: 'string' },
        currency: { type: 'string' },
        'week-start': { type: 'string' },
        origin: { type: 'string', multiple: true },
        'exclude-address': { type: 'string', multiple: true },
        'exclude-host': { type: 'string', multiple: true },
        'exclude-path': { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
    const [site = ''] = positionals;
    const changes = readChanges(values);
    const store = await openStore(config, { mode: 'join', log });
    try {
      if (!(await changeSite(store.database, { site, changes }, byCommandLine))) throw unknownSite(site);
      print(values.json ? JSON.stringify({ site, ...changes }) : `site ${site} is changed`);
    } finally {
      await store.close();
    }
  },
};

function readChanges(values: Record<string, unknown>): SiteChanges {
  const lists = Object.entries(listOptions).flatMap(([option, field]) => {
    const given = values[option];
    return Array.isArray(given) ? [[field, given.filter((entry) => entry !== '')]] : [];
  });
  const { name, timezone, currency, 'week-start': weekStart } = values;
  const changes = {
    ...Object.fromEntries(lists),
    ...(name !== undefined && { name }),
    ...(timezone !== undefined && { timezone }),
    ...(currency !== undefined && { currency }),
    ...(weekStart !== undefined && { weekStart: Number(weekStart) }),
  };
  if (Object.keys(changes).length === 0)
    throw new StartError(`footfall: expected something to change; usage: footfall ${setUsage}`, {
      exitCode: 2,
    });
  const parsed = siteChangesSchema.safeParse(changes);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartError(`${issue?.path.join('.')}: ${issue?.message}`, { exitCode: 2 });
}

/** `footfall site rotate-key`: a new public key; pages with the old one have some hours left. */
export const siteRotateKey: Command = {
  usage: rotateUsage,
  summary: `make a new site key; the old one stays valid for the overlap, ${defaultOverlapHours} hours unless given, 0 ends it at once`,
  async run({ args, config, print, log }) {
    const { values, positionals } = readOptions(args, {
      usage: rotateUsage,
      positionals: 1,
      options: { overlap: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [site = ''] = positionals;
    const overlapHours = readOverlap(values.overlap);
    const store = await openStore(config, { mode: 'join', log });
    try {
      const rotated = await rotateSiteKey(store.database, { site, overlapHours }, byCommandLine);
      if (!rotated) throw unknownSite(site);
      print(values.json ? JSON.stringify({ site, ...rotated }) : describeRotated(site, rotated));
    } finally {
      await store.close();
    }
  },
};

type Rotated = NonNullable<Awaited<ReturnType<typeof rotateSiteKey>>>;

function describeRotated(site: string, { siteKey, previous }: Rotated): string {
  const old = previous.map((key) => `; ${key.siteKey} is valid until ${key.expiresAt.toISOString()}`);
  return `site ${site} has the key ${siteKey}${old.join('')}`;
}
