import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { ExplainedError } from '#libs/explained-error';
import { openLog } from './child-log.js';
import { guardProcess, releaseProcess } from './guarded.js';
import { identify, type KnownProcess, send } from './process-identity.js';

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  user?: { uid: number; gid: number } | undefined;
  /** Everything it writes is kept here; what an earlier one wrote moves aside. */
  logFile?: string;
  onLine?: (line: string) => void;
  /** Called with the child before it is ready, so that it can be stopped while it still starts. */
  onStart?: (child: Child) => void;
  /** It is ready once it wrote such a line, or once this answers true; at once when left out. */
  ready?: RegExp | (() => Promise<boolean>);
  /** Milliseconds to become ready in. */
  readyWithin?: number;
  stopSignal?: NodeJS.Signals;
  /** Milliseconds it has to end in after the stop signal. */
  grace?: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether it was asked to. */
  expected: boolean;
}

export interface Child extends KnownProcess {
  /** Whether it runs until it is stopped; a program that ends by itself does not. */
  lasts: boolean;
  logFile: string | undefined;
  exited: Promise<Exit>;
  lastLines(): string[];
  /** Signals it to end, and kills it once its grace is over or `hurry` aborts. Resolves when it has ended. */
  stop(hurry?: AbortSignal): Promise<void>;
}

export class ChildFailed extends ExplainedError {
  override readonly name = 'ChildFailed';
  constructor(what: string, child: Child) {
    const lines = child.lastLines();
    const heading = child.logFile ? `Its last lines (${child.logFile}):` : 'Its last lines:';
    super([what, ...(lines.length > 0 ? [heading, ...lines.map((line) => `    ${line}`)] : [])].join('\n'));
  }
}

/**
 * Starts a program in a separate process group, so that a Ctrl-C in the terminal does not reach all of them at
 * once, and waits until it is ready. It never outlives this process (see guard.ts).
 *
 * @throws ChildFailed when it cannot be started, ends, or is not ready in time
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, ready, readyWithin = 60_000 } = options;
  const { child, matched } = await spawnChild(options, true);
  options.onStart?.(child);
  if (!ready) return child;
  const waited = new AbortController();
  const outcome = await Promise.race([
    ready instanceof RegExp ? matched.then(() => 'ready' as const) : holds(ready, waited.signal),
    child.exited,
    sleep(readyWithin, 'late' as const, { signal: waited.signal, ref: false }),
  ]).finally(() => waited.abort());
  if (outcome === 'ready') return child;
  if (outcome !== 'late')
    throw new ChildFailed(`${name} ended while starting: ${describeExit(outcome)}.`, child);
  await child.stop();
  throw new ChildFailed(`${name} was not ready within ${readyWithin / 1_000} s.`, child);
}

export interface RunOptions extends Omit<ChildOptions, 'ready' | 'readyWithin'> {
  /** The exit codes that are no failure; 0 alone when left out. */
  codes?: readonly number[];
}

/**
 * Runs a program to its end.
 *
 * @returns the exit code
 * @throws ChildFailed unless it is one of `codes`
 */
export async function runChild(options: RunOptions): Promise<number> {
  const { name, codes = [0] } = options;
  const { child } = await spawnChild(options, false);
  options.onStart?.(child);
  const exit = await child.exited;
  if (exit.code === null || !codes.includes(exit.code))
    throw new ChildFailed(`${name} failed: ${describeExit(exit)}.`, child);
  return exit.code;
}

export function describeExit({ code, signal }: Exit): string {
  return signal ? `killed by ${signal}` : `exit code ${code}`;
}

async function spawnChild(
  options: ChildOptions,
  lasts: boolean,
): Promise<{ child: Child; matched: Promise<void> }> {
  const { name, command, args, env = process.env, cwd, user, logFile, onLine, ready } = options;
  const { stopSignal = 'SIGTERM', grace = 10_000 } = options;
  const log = openLog(logFile);
  const started = spawn(command, args, {
    cwd,
    env,
    ...user,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let expected = false;
  const exited = new Promise<Exit>((resolve) => {
    started.once('close', (code, signal) => resolve({ code, signal, expected }));
  });
  try {
    await once(started, 'spawn');
  } catch (error) {
    log.close();
    throw new Error(
      `${name} could not be started: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  const pid = started.pid ?? 0;
  const known: KnownProcess = { name, pid, identity: identify(pid) ?? '', stopSignal, grace };
  guardProcess(known);
  // What it started itself goes with it, and would otherwise hold its output open.
  started.once('exit', () => send(-pid, 'SIGKILL'));
  void exited.then(() => {
    releaseProcess(pid);
    log.close();
  });
  const matched = new Promise<void>((resolve) => {
    for (const input of [started.stdout, started.stderr]) {
      createInterface({ input }).on('line', (line) => {
        log.write(line);
        onLine?.(line);
        if (ready instanceof RegExp && ready.test(line)) resolve();
      });
    }
  });
  const stop = async (hurry?: AbortSignal): Promise<void> => {
    expected = true;
    const finished = new AbortController();
    const over = [finished.signal, ...(hurry ? [hurry] : [])];
    if (started.exitCode === null && started.signalCode === null) send(pid, stopSignal);
    await Promise.race([exited, sleep(grace, undefined, { signal: AbortSignal.any(over) }).catch(() => {})]);
    finished.abort();
    if (started.exitCode === null && started.signalCode === null) send(-pid, 'SIGKILL');
    await exited;
  };
  return { child: { ...known, lasts, logFile, exited, lastLines: log.lastLines, stop }, matched };
}

/** Whether a request is answered with success. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}

async function holds(probe: () => Promise<boolean>, givenUp: AbortSignal): Promise<'ready'> {
  while (!(await probe().catch(() => false))) await sleep(50, undefined, { signal: givenUp });
  return 'ready';
}
