import { type ChildProcess, spawn } from 'node:child_process';
import { failureLine } from './failure-line.js';

/** The user that a program runs as; undefined stands for the user that runs the collector. */
export type Account = { uid: number; gid: number; name: string };

export type Ran = { code: number | null; stdout: string; stderr: string };

/**
 * What every program is started with. The working directory is one that any user can enter, and neither PGDATA,
 * PGPORT nor a language from the operator's shell reaches the server: messages are read in the C locale.
 */
export const surroundings = {
  cwd: '/',
  env: { LC_ALL: 'C', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
};

/** The spawn options that switch to an account. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

/** Runs a program to its end. A program that cannot be started is an answer too: code null, the reason in stderr. */
export async function run(
  command: string,
  args: string[],
  { account, input = '' }: { account?: Account | undefined; input?: string } = {},
): Promise<Ran> {
  try {
    return await collect(spawn(command, args, { ...surroundings, ...asAccount(account) }), input);
  } catch (error) {
    return { code: null, stdout: '', stderr: error instanceof Error ? error.message : String(error) };
  }
}

function collect(child: ChildProcess, input: string): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    ran.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    ran.stderr += text;
  });
  // A program that ends without reading its input closes the pipe: its exit code tells more than EPIPE.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...ran, code }));
  });
}

/** Why a program failed, in its own words. */
export function reasonOfFailure({ code, stdout, stderr }: Ran): string {
  return failureLine(`${stdout}\n${stderr}`) ?? `exit code ${code}`;
}
