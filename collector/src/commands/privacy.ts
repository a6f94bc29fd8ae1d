import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openStore, type Store } from '../db/open-store.js';
import { auditRead } from '../privacy/audit-read.js';
import { erase, type Progress } from '../privacy/erase.js';
import { exportSubject } from '../privacy/export.js';
import { isReceiptOf, keepReceiptKey, type Receipt } from '../privacy/receipt.js';
import type { SubjectName } from '../privacy/subject.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { requireSite } from './require-site.js';

const whom = '--site SLUG (--visitor ID | --user ID)';
const exportUsage = `export ${whom} [--output FILE]`;
const eraseUsage = `erase ${whom} [--json]`;
const receiptUsage = 'receipt verify FILE';

const options = {
  site: { type: 'string' },
  visitor: { type: 'string' },
  user: { type: 'string' },
  output: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** `footfall export`: everything that is stored about a visitor or user, a row of JSON a line. */
export const exportCommand: Command = {
  usage: exportUsage,
  summary: 'write all rows about a visitor or user as lines of JSON',
  async run(invocation) {
    const { values } = readOptions(invocation.args, { usage: exportUsage, options });
    const name = readName(values, exportUsage);
    const output =
      values.output === undefined
        ? process.stdout
        : createWriteStream(values.output, { mode: 0o600, flags: 'wx' });
    let rows = 0;
    await withStore(invocation, name, async ({ database }) => {
      await auditRead(database, {
        action: 'privacy.export',
        name,
        requestedBy: 'command line',
        at: Date.now(),
      });
      for await (const row of exportSubject({ database, spoolDir: invocation.config.spoolDir }, name)) {
        rows += 1;
        if (!output.write(`${JSON.stringify(row)}\n`)) await once(output, 'drain');
      }
    });
    if (values.output !== undefined) await new Promise<void>((resolve) => output.end(() => resolve()));
    invocation.log(`${rows} rows exported`);
  },
};

/** `footfall erase`: deletes everything about a visitor or user and prints a signed receipt. */
export const eraseCommand: Command = {
  usage: eraseUsage,
  summary: 'delete all about a visitor or user, for good; prints a signed receipt',
  async run(invocation) {
    const { output: _, ...eraseOptions } = options;
    const { values } = readOptions(invocation.args, { usage: eraseUsage, options: eraseOptions });
    const name = readName(values, eraseUsage);
    await withStore(invocation, name, async ({ database }) => {
      const receipt = await erase(
        { database, spoolDir: invocation.config.spoolDir, now: Date.now },
        { name, requestedBy: 'command line', onProgress: showProgress(invocation) },
      );
      invocation.print(JSON.stringify(receipt, null, values.json ? undefined : 2));
    });
  },
};

/** `footfall receipt verify`: whether a receipt is one of this installation, unchanged. */
export const receiptVerify: Command = {
  usage: receiptUsage,
  summary: 'check the signature of a receipt of an erasure',
  async run(invocation) {
    const { positionals } = readOptions(invocation.args, {
      usage: receiptUsage,
      options: {},
      positionals: 1,
    });
    const [file = ''] = positionals;
    const receipt = await readReceipt(file);
    const store = await openStore(invocation.config, { mode: 'join', log: invocation.log });
    try {
      const key = await store.database.asOwner(keepReceiptKey);
      if (!isReceiptOf(key, receipt))
        throw new StartError(`${file}: expected a receipt that this installation signed, unchanged`);
      invocation.print(`${file}: signed by this installation; ${receipt.site}, ${receipt.completedAt}`);
    } finally {
      await store.close();
    }
  },
};

async function readReceipt(file: string): Promise<Receipt> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Receipt;
  } catch (cause) {
    throw new StartError(`${file}: expected a receipt as JSON, got: ${String(cause)}`, { cause });
  }
}

function readName(
  { site, visitor, user }: { site?: string; visitor?: string; user?: string },
  usage: string,
): SubjectName {
  const id = visitor ?? user;
  if (site && id && (visitor === undefined || user === undefined))
    return { site, kind: visitor === undefined ? 'user' : 'visitor', id };
  throw new StartError(`footfall: expected a site and either a visitor or a user; usage: footfall ${usage}`, {
    exitCode: 2,
  });
}

async function withStore(
  { config, log }: Invocation,
  { site }: SubjectName,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await openStore(config, { mode: 'join', log });
  try {
    await requireSite(store.database, site);
    await work(store);
  } finally {
    await store.close();
  }
}

const progressMs = 1_000;

function showProgress({ log }: Invocation): (progress: Progress) => void {
  let nextAt = Date.now() + progressMs;
  return ({ step, done, total }) => {
    if (Date.now() < nextAt) return;
    nextAt = Date.now() + progressMs;
    log(`${step}: ${done} of ${total} ${step === 'events' ? 'partitions' : 'days'}`);
  };
}
