import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ExplainedError } from '#libs/explained-error';
import { identify, type KnownProcess, stopProcess } from './process-identity.js';
import { DATA_DIR } from '../../build/project.js';

interface Running {
  supervisor: KnownProcess;
  /** In the order they were started in. */
  children: KnownProcess[];
}

const FILE = join(DATA_DIR, 'processes.json');

class AlreadyRunning extends ExplainedError {
  override readonly name = 'AlreadyRunning';
}

/** @throws AlreadyRunning when another `npm start` of this folder is */
export function refuseSecondStart(): void {
  const running = read();
  if (!running || identify(running.supervisor.pid) !== running.supervisor.identity) return;
  throw new AlreadyRunning(
    `It is running here already, as process ${running.supervisor.pid}. ` +
      `Stop that with Ctrl-C where it runs, or with: kill ${running.supervisor.pid}`,
  );
}

/** Stops what an earlier start left behind, should it and its guard have been killed. @returns their names */
export async function stopOrphans(): Promise<string[]> {
  const stopped: string[] = [];
  for (const { name, ...rest } of (read()?.children ?? []).reverse()) {
    if (await stopProcess({ name, ...rest })) stopped.push(name);
  }
  forgetProcesses();
  return stopped;
}

export function rememberProcesses(children: readonly KnownProcess[]): void {
  const supervisor = { ...describe(process.pid), name: 'npm start' };
  const running: Running = { supervisor, children: children.map(onlyKnown) };
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(running, null, 2)}\n`);
}

export function forgetProcesses(): void {
  rmSync(FILE, { force: true });
}

function describe(pid: number): Omit<KnownProcess, 'name'> {
  return { pid, identity: identify(pid) ?? '', stopSignal: 'SIGTERM', grace: 30_000 };
}

function onlyKnown({ name, pid, identity, stopSignal, grace }: KnownProcess): KnownProcess {
  return { name, pid, identity, stopSignal, grace };
}

function read(): Running | undefined {
  try {
    return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : undefined;
  } catch {
    // Cut off while it was written: the guard has stopped what it named.
    return undefined;
  }
}
