import { byCommandLine } from '../access/audit.js';
import { addKey, generateKey, listKeys, type Role, revokeKey, roles } from '../access/keys.js';
import { openStore } from '../db/open-store.js';
import { StartError } from '../start-error.js';
import type { Command } from './command.js';
import { readOptions } from './read-options.js';

const createUsage = 'key create --role ROLE [--site SLUG]… [--name NAME] [--json]';
const listUsage = 'key list [--json]';
const revokeUsage = 'key revoke KEY_ID';

/** `footfall key create`: a secret key, shown once. */
export const keyCreate: Command = {
  usage: createUsage,
  summary: `create a secret key; ROLE is one of ${roles.join(', ')}`,
  async run({ args, config, print, log }) {
    const { values } = readOptions(args, {
      usage: createUsage,
      options: {
        role: { type: 'string' },
        site: { type: 'string', multiple: true },
        name: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const role = readRole(values.role);
    const key = generateKey(role);
    const store = await openStore(config, { mode: 'join', log });
    try {
      const added = { key, role, name: values.name ?? `${role} key`, sites: values.site ?? null };
      await addKey(store.database, added, byCommandLine);
    } finally {
      await store.close();
    }
    print(
      values.json
        ? JSON.stringify({ key, role, sites: values.site ?? null })
        : `${key}   (shown once: keep it)`,
    );
  },
};

function readRole(value: string | undefined): Role {
  const role = roles.find((known) => known === value);
  if (role) return role;
  throw new StartError(`--role: expected one of ${roles.join(', ')}, got "${value ?? ''}"`, { exitCode: 2 });
}

/** `footfall key list`: the keys without their secrets. */
export const keyList: Command = {
  usage: listUsage,
  summary: 'show the keys, without their secrets',
  async run({ args, config, print, log }) {
    const { values } = readOptions(args, { usage: listUsage, options: { json: { type: 'boolean' } } });
    const store = await openStore(config, { mode: 'join', log });
    try {
      const keys = await listKeys(store.database);
      if (values.json) print(JSON.stringify(keys));
      else for (const key of keys) print(describeKey(key));
    } finally {
      await store.close();
    }
  },
};

function describeKey({
  keyId,
  role,
  name,
  sites,
  expiresAt,
  revokedAt,
}: Awaited<ReturnType<typeof listKeys>>[number]): string {
  const reach = sites === null ? 'all sites' : sites.join(', ');
  const until = expiresAt ? `until ${expiresAt.toISOString()}` : 'in force';
  const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : until;
  return `${keyId}\t${role}\t${name}\t${reach}\t${state}`;
}

/** `footfall key revoke`: ends a key at once. */
export const keyRevoke: Command = {
  usage: revokeUsage,
  summary: 'end a key at once',
  async run({ args, config, print, log }) {
    const { positionals } = readOptions(args, { usage: revokeUsage, options: {}, positionals: 1 });
    const [keyId = ''] = positionals;
    const store = await openStore(config, { mode: 'join', log });
    try {
      const isRevoked = await revokeKey(store.database, keyId, byCommandLine);
      if (!isRevoked)
        throw new StartError(`key: expected the id of a key in force, got "${keyId}"; see footfall key list`);
      print(`key ${keyId} is revoked`);
    } finally {
      await store.close();
    }
  },
};
