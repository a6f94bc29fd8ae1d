import { byCommandLine } from '../access/audit.js';
import { judgeReason, listBotReasons } from '../bots/judge-reason.js';
import { openStore } from '../db/open-store.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { requireSite, unknownSite } from './require-site.js';

const listUsage = 'bots list --site SLUG [--json]';

/** `footfall bots list`: why clients of a site were taken for bots. */
export const botsList: Command = {
  usage: listUsage,
  summary: 'show for which reasons visits count as bots, and how many events each has',
  async run({ args, config, print, log }) {
    const { values } = readOptions(args, {
      usage: listUsage,
      options: { site: { type: 'string' }, json: { type: 'boolean' } },
    });
    const site = requireOption('site', values.site, listUsage);
    const store = await openStore(config, { mode: 'join', log });
    try {
      await requireSite(store.database, site);
      const reasons = await listBotReasons(store.database, site);
      if (values.json) print(JSON.stringify(reasons));
      else
        for (const { reason, events, isHuman } of reasons)
          print(`${printable(reason)}\t${events}\t${isHuman ? 'people' : 'bots'}`);
    } finally {
      await store.close();
    }
  },
};

/** `footfall bots restore`: a reason that does not hold on a site. */
export const botsRestore: Command = {
  usage: 'bots restore --site SLUG --reason REASON',
  summary: 'count visits as people that were taken for bots for this reason, past and future',
  run: (invocation) => judge(invocation, { usage: botsRestore.usage, isHuman: true }),
};

/** `footfall bots exclude`: takes `bots restore` back. */
export const botsExclude: Command = {
  usage: 'bots exclude --site SLUG --reason REASON',
  summary: 'count visits as bots again for this reason, past and future',
  run: (invocation) => judge(invocation, { usage: botsExclude.usage, isHuman: false }),
};

async function judge(
  { args, config, print, log }: Invocation,
  { usage, isHuman }: { usage: string; isHuman: boolean },
): Promise<void> {
  const options = { site: { type: 'string' }, reason: { type: 'string' } } as const;
  const { values } = readOptions(args, { usage, options });
  const site = requireOption('site', values.site, usage);
  const reason = requireOption('reason', values.reason, usage);
  const store = await openStore(config, { mode: 'join', log });
  try {
    const changed = await judgeReason(store.database, { site, reason, isHuman }, byCommandLine);
    if (changed === undefined) throw unknownSite(site);
    print(
      `${changed} events of site ${site} count as ${isHuman ? 'people' : 'bots'} now: ${printable(reason)}`,
    );
  } finally {
    await store.close();
  }
}

function requireOption(name: string, value: string | undefined, usage: string): string {
  if (value !== undefined && value !== '') return value;
  throw new StartError(`--${name}: expected a value; usage: footfall ${usage}`, { exitCode: 2 });
}

// The name of a bot is the client's own text: it must not move a terminal's cursor.
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
