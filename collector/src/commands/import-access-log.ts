import { openStore, type Store } from '../db/open-store.js';
import { describeSummary, describeUnreadable, describeWarnings } from '../imports/describe-summary.js';
import { importLog } from '../imports/import-log.js';
import { type RuleName, ruleNames } from '../imports/judge-line.js';
import { type LogSource, openLog } from '../imports/open-log.js';
import { prepareSite } from '../imports/prepare-site.js';
import { createProgress } from '../imports/progress.js';
import { type JudgedLog, readHead } from '../imports/read-head.js';
import { countPeople, type Summary, summarize } from '../imports/summary.js';
import { countLine, createTally } from '../imports/tally.js';
import { openGeoDatabase } from '../ingest/geo-database.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const usage = `import access-log FILE --site SLUG [--rule ${ruleNames.join('|')}] [--host NAME]… [--json]`;

type Reading = { task: Task; source: LogSource };
type Task = { file: string; site: string; rule: RuleName; hosts: string[]; json: boolean };

/**
 * `footfall import access-log`: page views and sessions from a web server's log. A second run adds nothing; with the
 * other rule it adds only the lines that the first left out, and those that are there keep the first rule's verdict.
 */
export const importAccessLog: Command = {
  usage,
  summary: 'import a web server log, common or combined format, also gzip; FILE - is standard input',
  async run(invocation) {
    const task = readTask(invocation.args);
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const source = await openLog(task.file, { stdin: process.stdin, signal: stopping.signal });
    const log = await readHead(source, { rule: task.rule, now: Date.now() });
    requireLog(invocation, log, { task, source });
    const store = await openStore(invocation.config, { mode: 'join', log: invocation.log });
    try {
      const summary = await runImport(invocation, store, { task, source, log });
      report(invocation, summary, task);
      expectWhole(summary, source);
    } finally {
      await store.close();
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  },
};

function readTask(args: string[]): Task {
  const { values, positionals } = readOptions(args, {
    usage,
    positionals: 1,
    options: {
      site: { type: 'string' },
      rule: { type: 'string', default: 'default' },
      host: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const rule = ruleNames.find((name) => name === values.rule);
  if (values.site === undefined)
    throw new StartError(`--site: expected the slug of a site; usage: footfall ${usage}`, { exitCode: 2 });
  if (!rule)
    throw new StartError(`--rule: expected ${ruleNames.join(' or ')}, got "${values.rule}"`, { exitCode: 2 });
  return { file: positionals[0] ?? '-', site: values.site, rule, hosts: values.host, json: values.json };
}

/** Before there is a site, or a database: @throws StartError where not one of the first lines is of a log */
function requireLog({ log }: Invocation, { head }: JudgedLog, { task: { file }, source }: Reading): void {
  const tally = createTally();
  for (const line of head) countLine(tally, line);
  if (tally.lines > tally.unreadable) return;
  for (const line of describeUnreadable({ file, ...tally })) log(line);
  const failure = source.failure();
  if (failure === 'stopped') throw new StartError('stopped; nothing is imported');
  if (failure) throw new StartError(`${file}: expected an access log, got ${failure}`);
  if (tally.lines === 0) throw new StartError(`${file}: expected lines of an access log, got none`);
  throw new StartError(
    `${file}: expected common or combined log format, not one of the first ${tally.lines} lines is`,
  );
}

async function runImport(
  { config, log: say }: Invocation,
  { database }: Store,
  { task, source, log }: Reading & { log: JudgedLog },
): Promise<Summary> {
  const now = Date.now;
  const startedAt = now();
  const geo = await openGeoDatabase(config.geoDatabase);
  const site = await prepareSite(database, { site: task.site, hosts: task.hosts });
  if (site.isNew) say(`site ${site.site} created: timezone UTC, keeps everything`);
  const progress = createProgress({
    now,
    log: say,
    terminal: process.stderr.isTTY ? process.stderr : undefined,
  });
  const deps = { database, geo, now, onLine: progress.show };
  const imported = await importLog(deps, { source, log, site }).finally(progress.end);
  const people = await countPeople(database, site.site);
  return summarize(imported, {
    file: task.file,
    site,
    rule: task.rule,
    people,
    elapsedMs: now() - startedAt,
  });
}

function report({ print, log }: Invocation, summary: Summary, { json }: Task): void {
  for (const line of [...describeUnreadable(summary), ...describeWarnings(summary, Date.now())]) log(line);
  for (const line of json ? [JSON.stringify(summary)] : describeSummary(summary)) print(line);
}

function expectWhole({ file, lines }: Pick<Summary, 'file' | 'lines'>, source: LogSource): void {
  const failure = source.failure();
  if (failure === undefined) return;
  if (failure === 'stopped')
    throw new StartError('stopped; what was read is kept, and a second run adds the rest');
  throw new StartError(
    `${file}: expected the whole log, got ${failure} behind line ${lines}; what came before is imported`,
  );
}
