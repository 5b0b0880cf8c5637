import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

import { type KnownProcess } from './process-identity.js';
import { programPath } from '../../build/project.js';

export type GuardMessage =
  | { type: 'started'; process: KnownProcess }
  | { type: 'ended'; pid: number }
  | { type: 'made'; folder: string };

let guard: ChildProcess | undefined;

/** Has a child stopped when this process ends, however it ends. */
export function guardProcess(known: KnownProcess): void {
  guard ??= startGuard();
  tell(guard, { type: 'started', process: known });
}

export function releaseProcess(pid: number): void {
  if (guard) tell(guard, { type: 'ended', pid });
}

/** Has a temporary folder deleted when this process ends, after its children. */
export function guardFolder(folder: string): void {
  guard ??= startGuard();
  tell(guard, { type: 'made', folder });
}

function startGuard(): ChildProcess {
  const started = spawn(process.execPath, [programPath('dev/stack/processes/guard.js')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  // Neither may keep this process from ending, nor may a guard that was killed take it along.
  started.unref();
  started.on('error', () => {});
  if (started.stdin instanceof Socket) started.stdin.unref();
  started.stdin?.on('error', () => {});
  return started;
}

function tell(to: ChildProcess, message: GuardMessage): void {
  to.stdin?.write(`${JSON.stringify(message)}\n`);
}
