import { readFileSync } from 'node:fs';
import { backup, restore } from './commands/backup.js';
import { botsExclude, botsList, botsRestore } from './commands/bots.js';
import type { Command } from './commands/command.js';
import { describeFileError } from './commands/describe-failure.js';
import { describeUsage, findNamed } from './commands/describe-usage.js';
import { doctor } from './commands/doctor.js';
import {
  experimentArchive,
  experimentCreate,
  experimentLayer,
  experimentList,
  experimentNewPhase,
  experimentPreview,
  experimentRamp,
  experimentShow,
  experimentStart,
  experimentStop,
} from './commands/experiment.js';
import { experimentPlan } from './commands/experiment-plan.js';
import { experimentResults } from './commands/experiment-results.js';
import { importAccessLog } from './commands/import-access-log.js';
import { keyCreate, keyList, keyRevoke, keyRotate } from './commands/key.js';
import { migrateCommand } from './commands/migrate.js';
import { eraseCommand, exportCommand, receiptVerify } from './commands/privacy.js';
import { replay } from './commands/replay.js';
import { retention } from './commands/retention.js';
import { siteAdd, siteList, siteRotateKey, siteSet } from './commands/site.js';
import { sourcemapsUpload } from './commands/sourcemaps-upload.js';
import { start } from './commands/start.js';
import { userAdd, userDisable, userList, userReset } from './commands/user.js';
import { logWriter } from './commands/write-log.js';
import { readConfig } from './config.js';
import { StartError } from './start-error.js';

const commands: Record<string, Command> = {
  start,
  migrate: migrateCommand,
  'site add': siteAdd,
  'site list': siteList,
  'site set': siteSet,
  'site rotate-key': siteRotateKey,
  'key create': keyCreate,
  'key list': keyList,
  'key rotate': keyRotate,
  'key revoke': keyRevoke,
  'user add': userAdd,
  'user list': userList,
  'user reset': userReset,
  'user disable': userDisable,
  'experiment create': experimentCreate,
  'experiment list': experimentList,
  'experiment show': experimentShow,
  'experiment start': experimentStart,
  'experiment ramp': experimentRamp,
  'experiment new-phase': experimentNewPhase,
  'experiment stop': experimentStop,
  'experiment archive': experimentArchive,
  'experiment preview': experimentPreview,
  'experiment layer': experimentLayer,
  'experiment plan': experimentPlan,
  'experiment results': experimentResults,
  'import access-log': importAccessLog,
  'sourcemaps upload': sourcemapsUpload,
  replay,
  export: exportCommand,
  erase: eraseCommand,
  'receipt verify': receiptVerify,
  retention,
  doctor,
  backup,
  restore,
  'bots list': botsList,
  'bots restore': botsRestore,
  'bots exclude': botsExclude,
};

const lingerMs = 500;
const crashMs = 10_000;

let logLine = logWriter('text', writeError);
const crashed = new AbortController();
// Who reads the output may have seen enough, as head has: that is no reason to stop what is being done.
process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);
process.exitCode = await main(process.argv.slice(2));
// Whatever still holds the process open by now, a connection that does not end, has had its time.
setTimeout(() => process.exit(), lingerMs).unref();

/** @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration */
async function main(argv: string[]): Promise<0 | 1 | 2> {
  if (argv[0] === '--version') return showVersion();
  const found = findCommand(argv);
  if (!found || asksForHelp(found.args)) return showHelp(argv);
  try {
    process.on('uncaughtException', (error) => crash(found.command, error));
    const config = readConfig(process.env);
    const { signal } = crashed;
    logLine = logWriter(config.logFormat, writeError);
    await found.command.run({ args: found.args, config, print: printLine, log: logLine, crashed: signal });
    return signal.aborted ? 1 : 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    answerFailure(found.command, error);
    return error.exitCode;
  }
}

// A log is read by others, so it goes through the redaction rules; who typed a command reads what he typed.
function answerFailure({ endsInOrder }: Command, { message }: StartError): void {
  if (endsInOrder) logLine(message);
  else writeError(`${message}\n`);
}

// Also of a promise that nobody caught: Node makes both the same. The state of the process is unknown then, so it ends,
// but what was taken in is brought to the disk first.
function crash({ endsInOrder }: Command, error: unknown): void {
  if (crashed.signal.aborted) return;
  const reason = endsInOrder ? undefined : describeFileError(error);
  if (reason !== undefined) {
    writeError(`${reason}\n`);
    process.exit(1);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logLine(`footfall: ends after an error that nobody caught: ${text.replaceAll(/\s*\n\s*/g, ' | ')}`);
  process.exitCode = 1;
  crashed.abort();
  if (!endsInOrder) process.exit(1);
  setTimeout(() => process.exit(1), crashMs).unref();
}

function findCommand(argv: string[]): { command: Command; args: string[] } | undefined {
  for (const words of [2, 1]) {
    const command = commands[argv.slice(0, words).join(' ')];
    if (command) return { command, args: argv.slice(words) };
  }
  return undefined;
}

function asksForHelp(args: string[]): boolean {
  return args.some((arg) => arg === '--help' || arg === '-h');
}

function showHelp(argv: string[]): 0 | 2 {
  const [name] = argv;
  const isAsked = name === undefined || name === 'help' || asksForHelp(argv);
  const words = argv.filter((word) => word !== 'help' && !word.startsWith('-'));
  const found = findCommand(words);
  const shown = found ? [found.command] : findNamed(commands, words);
  if (isAsked && shown.length > 0) {
    printLine(describeUsage(shown));
    return 0;
  }
  const more = words.join('') && shown.length > 0 ? describeUsage(shown) : 'see footfall --help';
  logLine(`footfall: expected a command, got "${words.join(' ') || name}"; ${more}`);
  return 2;
}

function showVersion(): 0 {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  printLine(`footfall ${JSON.parse(manifest).version}`);
  return 0;
}

function ignoreClosedPipe(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function writeError(text: string): void {
  process.stderr.write(text);
}
