import { byCommandLine } from '../access/audit.js';
import { listKeys, type Role, revokeKey, roles } from '../access/keys.js';
import { createKey, type MadeKey, rotateKey } from '../access/manage-keys.js';
import { defaultOverlapHours } from '../access/rotate-site-key.js';
import { readKeyRequest } from '../administration/key-request.js';
import { momentSchema } from '../administration/moment.js';
import { openStore } from '../db/open-store.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { readOverlap } from './read-overlap.js';
import { withDatabase } from './with-database.js';

// Who has a shell on the machine may do all that an owner may.
const everything = { role: 'owner', sites: null } as const;
const createUsage = 'key create --role ROLE [--site SLUG]… [--name NAME] [--expires TIME] [--json]';
const listUsage = 'key list [--json]';
const rotateUsage = 'key rotate KEY_ID [--overlap HOURS] [--json]';
const revokeUsage = 'key revoke KEY_ID';

/** `footfall key create`: a secret key, shown once. */
export const keyCreate: Command = {
  usage: createUsage,
  summary: `create a secret key; ROLE is one of ${roles.join(', ')}; it ends at the TIME, such as 2027-01-31 or 2027-01-31T12:00:00Z`,
  async run(invocation) {
    const { values } = readOptions(invocation.args, {
      usage: createUsage,
      options: {
        role: { type: 'string' },
        site: { type: 'string', multiple: true },
        name: { type: 'string' },
        expires: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const role = readRole(values.role);
    const asked = {
      role,
      name: values.name ?? `${role} key`,
      sites: values.site ?? null,
      expiresAt: readExpiry(values.expires),
    };
    await withDatabase(invocation, async (database) => {
      const request = readKeyRequest(asked, Date.now());
      printMade(invocation, await createKey(database, { request, own: everything }, byCommandLine), values);
    });
  },
};

function readRole(value: string | undefined): Role {
  const role = roles.find((known) => known === value);
  if (role) return role;
  throw new StartError(`--role: expected one of ${roles.join(', ')}, got "${value ?? ''}"`, { exitCode: 2 });
}

function readExpiry(text: string | undefined): string | null {
  if (text === undefined) return null;
  const moment = momentSchema.safeParse(text);
  if (moment.success) return new Date(moment.data).toISOString();
  throw new StartError(`--expires: ${moment.error.issues[0]?.message}, got "${text}"`, { exitCode: 2 });
}

function printMade({ print }: Invocation, made: MadeKey, { json }: { json?: boolean | undefined }): void {
  const { key, keyId, role, sites, expiresAt } = made;
  const until = expiresAt ? `until ${expiresAt.toISOString()}; ` : '';
  print(
    json ? JSON.stringify({ key, keyId, role, sites, expiresAt }) : `${key}   (${until}shown once: keep it)`,
  );
}

/** `footfall key rotate`: another key in the place of one, which stays in force for the overlap. */
export const keyRotate: Command = {
  usage: rotateUsage,
  summary: `make a key in the place of another, which stays valid for the overlap, ${defaultOverlapHours} hours unless given, 0 ends it at once`,
  async run(invocation) {
    const { values, positionals } = readOptions(invocation.args, {
      usage: rotateUsage,
      positionals: 1,
      options: { overlap: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [keyId = ''] = positionals;
    const overlapHours = readOverlap(values.overlap);
    await withDatabase(invocation, async (database) => {
      const made = await rotateKey(database, { keyId, overlapHours, own: everything }, byCommandLine);
      printMade(invocation, made, values);
    });
  },
};

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
  const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : describeEnd(expiresAt);
  return `${keyId}\t${role}\t${name}\t${reach}\t${state}`;
}

function describeEnd(expiresAt: Date | null): string {
  if (expiresAt === null) return 'in force';
  return `${expiresAt.getTime() > Date.now() ? 'until' : 'expired'} ${expiresAt.toISOString()}`;
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
