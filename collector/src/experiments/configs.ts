import { createHash } from 'node:crypto';
import type { ExperimentConfig } from '@footfall/schema';
import { requireKnownSite } from '../access/known-site.js';
import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import { loadExperiments, toConfig } from './stored-experiment.js';

/** The experiments of a site by key, drafts and stopped ones too, and a tag that changes with them. */
export type SiteExperiments = { all: ReadonlyMap<string, ExperimentConfig>; tag: string };

export type Configs = {
  /** @throws Refusal 404 where there is no such site */
  of(site: string): Promise<SiteExperiments>;
  /** After a change by this process; other processes see it within a second. */
  forget(site: string): void;
};

const cacheMs = 1_000;
const lookMs = 5_000;
const tagChars = 16;

type Options = { database: Database; now: () => number; availability: Pick<Availability, 'lose'> };

/**
 * Keeps the definitions of each site for a second. While the database is away what was known stays known: that browsers
 * still get their definitions does no harm, and an assignment needs the database anyway.
 */
export function createConfigs({ database, now, availability }: Options): Configs {
  const known = new Map<string, { experiments: Promise<SiteExperiments>; until: number }>();
  const bounded = database.within(lookMs);

  async function load(site: string, before: Promise<SiteExperiments> | undefined): Promise<SiteExperiments> {
    try {
      return await loadSite(bounded, site);
    } catch (error) {
      if (classifyFailure(error) !== 'retry') throw error;
      availability.lose(error);
      if (!before) throw error;
      return before;
    }
  }

  return {
    of(site) {
      const found = known.get(site);
      if (found && found.until > now()) return found.experiments;
      const experiments = load(site, found?.experiments);
      known.set(site, { experiments, until: now() + cacheMs });
      experiments.catch(() => known.delete(site));
      return experiments;
    },
    forget: (site) => void known.delete(site),
  };
}

async function loadSite(database: Database, site: string): Promise<SiteExperiments> {
  const loaded = await database.asIngest(async (tx) => {
    const found = await loadExperiments(tx, { site });
    if (found.length === 0) await requireKnownSite(tx, site);
    return found;
  });
  const configs = loaded.filter(({ experiment }) => experiment.status !== 'archived').map(toConfig);
  const tag = createHash('sha256').update(JSON.stringify(configs)).digest('hex').slice(0, tagChars);
  return { all: new Map(configs.map((config) => [config.key, config])), tag };
}
