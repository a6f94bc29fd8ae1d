import { byCommandLine } from '../access/audit.js';
import { changeSite } from '../access/site-settings.js';
import { openStore } from '../db/open-store.js';
import {
  maxDays,
  minSessionDays,
  type Retention,
  type RetentionPreset,
  readRetention,
  retentionPresets,
} from '../retention/settings.js';
import { StartError } from '../start-error.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';
import { unknownSite } from './require-site.js';

const presetNames = Object.keys(retentionPresets) as RetentionPreset[];
const usage = `retention SITE [--preset ${presetNames.join('|')}] [--events DAYS|all] [--sessions DAYS|all] [--json]`;

/** `footfall retention`: shows or sets how long a site keeps its data. */
export const retention: Command = {
  usage,
  summary: 'show or set how many days a site keeps events and sessions',
  async run({ args, config, print, log }) {
    const { values, positionals } = readOptions(args, {
      usage,
      positionals: 1,
      options: {
        preset: { type: 'string' },
        events: { type: 'string' },
        sessions: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [site = ''] = positionals;
    const changes: Partial<Retention> = {
      ...readPreset(values.preset),
      ...(values.events !== undefined && { events: readDays('events', values.events, 1) }),
      ...(values.sessions !== undefined && {
        sessions: readDays('sessions', values.sessions, minSessionDays),
      }),
    };
    const store = await openStore(config, { mode: 'join', log });
    try {
      if (Object.keys(changes).length > 0)
        await changeSite(store.database, { site, changes: { retention: changes } }, byCommandLine);
      const now = await readRetention(store.database, site);
      if (!now) throw unknownSite(site);
      print(values.json ? JSON.stringify({ site, ...now }) : describe(site, now));
    } finally {
      await store.close();
    }
  },
};

function readPreset(name: string | undefined): Partial<Retention> {
  if (name === undefined) return {};
  const preset = presetNames.find((one) => one === name);
  if (preset) return retentionPresets[preset];
  throw new StartError(`--preset: expected ${presetNames.join(', ')}, got "${name}"`, { exitCode: 2 });
}

function readDays(option: string, text: string, min: number): number | null {
  if (text === 'all') return null;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= min && days <= maxDays) return days;
  throw new StartError(`--${option}: expected ${min} to ${maxDays} days, or all, got "${text}"`, {
    exitCode: 2,
  });
}

function describe(site: string, { events, sessions }: Retention): string {
  const format = (days: number | null, otherwise: string) => (days === null ? otherwise : `${days} days`);
  return `${site}: events ${format(events, 'for ever')}, sessions ${format(sessions, 'as long as events')}`;
}
