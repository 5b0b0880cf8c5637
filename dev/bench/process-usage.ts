/** What processes use, as Linux shows it in /proc (proc_pid_stat(5), proc_pid_status(5)). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** All its threads', and those of its children that ended and were waited for. */
  readonly ticks: number;
}

const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Fields of /proc/<pid>/stat behind the program's name, from 0. */
const PARENT = 1;
/** utime, stime, cutime, cstime. PostgreSQL's backends come and go: their time is then in the postmaster's. */
const TIMES = [11, 12, 13, 14] as const;

/** Milliseconds of CPU that a process and all its descendants have used, in steps of a tick, mostly 10 ms. */
export function cpuOf(root: number): number {
  const ticks = treeOf(root).reduce((sum, row) => sum + row.ticks, 0);
  return (ticks * 1_000) / TICKS_A_SECOND;
}

/** Milliseconds of CPU that a process by itself has used, without its children. */
export function cpuOfAlone(pid: number): number {
  const [user = 0, system = 0] = statOf(pid)?.times ?? [];
  return ((user + system) * 1_000) / TICKS_A_SECOND;
}

/** Milliseconds of CPU that everything on the machine has used; the CPU that its host withheld is in `stolen`. */
export function cpuOfMachine(): { busy: number; stolen: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const milliseconds = (ticks: number) => (ticks * 1_000) / TICKS_A_SECOND;
  return { busy: milliseconds(user + nice + system + irq + softirq), stolen: milliseconds(stolen) };
}

/** Resident bytes of a process and its descendants, with what they share counted once. */
export function residentOf(root: number): number {
  const each = treeOf(root).map(({ pid }) => statusOf(pid));
  const own = each.reduce((sum, { RssAnon = 0 }) => sum + RssAnon, 0);
  const files = Math.max(0, ...each.map(({ RssFile = 0 }) => RssFile));
  const shared = Math.max(0, ...each.map(({ RssShmem = 0 }) => RssShmem));
  return (own + files + shared) * 1_024;
}

/** How many processes run Node, this one included. */
export function countNodes(): number {
  return allPids().filter((pid) => {
    try {
      return basename(readlinkSync(`/proc/${pid}/exe`)) === 'node';
    } catch {
      return false;
    }
  }).length;
}

function treeOf(root: number): ProcessRow[] {
  const rows = allPids().flatMap((pid): ProcessRow[] => {
    const stat = statOf(pid);
    return stat ? [{ pid, parent: stat.parent, ticks: stat.times.reduce((sum, each) => sum + each, 0) }] : [];
  });
  const below = (pid: number): ProcessRow[] =>
    rows.filter(({ parent }) => parent === pid).flatMap((row) => [row, ...below(row.pid)]);
  return [...rows.filter(({ pid }) => pid === root), ...below(root)];
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statOf(pid: number): { parent: number; times: number[] } | undefined {
  const fields = contentOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return fields && { parent: Number(fields[PARENT]), times: TIMES.map((at) => Number(fields[at])) };
}

/** Its lines such as `RssAnon:  1024 kB`. */
function statusOf(pid: number): Readonly<Record<string, number>> {
  const lines = contentOf(`/proc/${pid}/status`)?.matchAll(/^(Rss\w+):\s+(\d+) kB$/gm) ?? [];
  return Object.fromEntries([...lines].map(([, name, kilobytes]) => [name, Number(kilobytes)]));
}

/** Undefined when the process has ended meanwhile. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
