import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** All processes below one, from Linux' /proc; the process itself is not among them. */
export function descendantsOf(root: number): number[] {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]));
  const isBelow = (pid: number | undefined): boolean => {
    const parent = pid && parents.get(pid);
    return parent === root || (Boolean(parent) && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** The descendants whose name (the first 15 characters of it) matches. */
export function descendantsNamed(root: number, name: RegExp): number[] {
  return descendantsOf(root).filter((pid) => name.test(read(`/proc/${pid}/comm`)));
}

/** Kills at once; one that has ended meanwhile is fine. */
export function killAll(processes: number[]): void {
  for (const pid of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  }
}

/** Kills a process that was started here, and all below it; resolves when it is gone. */
export async function killTree(child: ChildProcess): Promise<void> {
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (hasEnded || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  killAll([child.pid, ...descendantsOf(child.pid)]);
  await ended;
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Boolean);
}

/** The fourth field; the second, a name in brackets, may hold blanks. */
function parentOf(pid: number): number {
  return Number(read(`/proc/${pid}/stat`).replace(/.*\) /, '').split(' ')[1]);
}

/** Empty for a process that has ended since it was listed. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
