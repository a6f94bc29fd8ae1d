import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepOutput } from './keep-output.js';

const built = fileURLToPath(new URL('../bin/footfall.js', import.meta.url));

export type Finished = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

export type Running = {
  process: ChildProcess;
  /** Resolves when a line of either stream matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  finished: Promise<Finished>;
  /** What it has written so far. */
  output: { stdout: string; stderr: string };
};

/** Runs the built `footfall` command as a user would, with nothing in its environment but what is given. */
export function runFootfall(
  args: string[],
  {
    env = {},
    cwd,
    executable = built,
  }: { env?: Record<string, string>; cwd?: string; executable?: string } = {},
): Running {
  // Collectors of different databases must not share one, and the default is below the working directory.
  const spoolDir = join(tmpdir(), `footfall-spool-${randomUUID()}`);
  const child = spawn(process.execPath, [executable, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, FOOTFALL_SPOOL_DIR: spoolDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      rmSync(spoolDir, { recursive: true, force: true });
      // What other commands print is an answer, such as a new key or what was wrong with the question; what they log is not.
      const logged = code === 0 ? output.stderr : '';
      keepOutput(args[0] === 'start' ? `${output.stdout}\n${output.stderr}` : logged);
      resolve({ code, signal, ...output });
    });
  });
  return { process: child, finished, output, until: (pattern) => waitForOutput(child, output, pattern) };
}

function waitForOutput(
  child: ChildProcess,
  output: { stdout: string; stderr: string },
  pattern: RegExp,
): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = output.stdout.match(pattern) ?? output.stderr.match(pattern);
      if (match) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.on('close', () => reject(new Error(`ended before ${pattern}: ${output.stdout}${output.stderr}`)));
    look();
  });
}
