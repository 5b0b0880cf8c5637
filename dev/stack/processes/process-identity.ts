import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Enough to stop a process later, from another process, without ever stopping an unrelated one with its pid. */
export interface KnownProcess {
  name: string;
  pid: number;
  identity: string;
  /** What asks it to end. PostgreSQL takes SIGINT: its SIGTERM waits for every client to leave. */
  stopSignal: NodeJS.Signals;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: number;
}

/**
 * The start time of a process, which differs for a later one with the same pid. Undefined when there is no such
 * process, or only its zombie.
 */
export function identify(pid: number): string | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Whether the process was there to be stopped; its process group is gone when this resolves. */
export async function stopProcess(known: KnownProcess): Promise<boolean> {
  if (identify(known.pid) !== known.identity) return false;
  send(known.pid, known.stopSignal);
  const deadline = Date.now() + known.grace;
  while (Date.now() < deadline && identify(known.pid) === known.identity) await sleep(25);
  send(-known.pid, 'SIGKILL');
  while (identify(known.pid) === known.identity) await sleep(10);
  return true;
}

/** Signals a process, or with a negative pid its whole group; one that is already gone is no error. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

export function parentOf(pid: number): number | undefined {
  try {
    return process.platform === 'linux' ? Number(statOf(pid)?.[1]) : Number(fieldFromPs('ppid=', pid));
  } catch {
    return undefined;
  }
}

/** The file name of the program a process runs. */
export function programName(pid: number): string | undefined {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      : basename(fieldFromPs('comm=', pid));
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): string | undefined {
  try {
    const fields = statOf(pid);
    if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** proc(5), from field 3 on, which follows the last `)`: first the state, second the parent, 20th the start in ticks. */
function statOf(pid: number): string[] | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
}

function fromPs(pid: number): string | undefined {
  try {
    const line = fieldFromPs('stat=,lstart=', pid);
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

function fieldFromPs(format: string, pid: number): string {
  return execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).trim();
}
