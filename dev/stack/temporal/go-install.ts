import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { type ChildOptions, runChild } from '../processes/child.js';
import { onPath } from '../processes/executables.js';
import type { Report } from './temporal-source.js';

export interface GoInstallOptions extends Pick<ChildOptions, 'onStart'> {
  /** Where the programs go in the end; a build has a folder of its own below it, as another build may be running. */
  cache: string;
  packages: readonly string[];
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Takes the programs out of the folder they were built into. */
  keep(folder: string): void;
}

/**
 * Builds programs from Go's module proxy.
 *
 * @throws Error where there is no `go`, or it fails
 */
export async function installWithGo(options: GoInstallOptions): Promise<void> {
  const { cache, packages, env, report, onStart, keep } = options;
  const go = onPath('go', env);
  if (go === undefined) throw new Error('`go` is not on PATH');
  const folder = join(cache, `building-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const since = Date.now();
  let last = '';
  const show = () =>
    report(`building it with Go, which takes minutes: ${minutes(Date.now() - since)}${last}`);
  show();
  const timer = setInterval(show, 1_000);
  try {
    await runChild({
      name: 'go install',
      command: go,
      args: ['install', '-v', ...packages],
      // Without C, so that what is built runs on any Linux, also in a container without a C library.
      env: { ...env, GOBIN: folder, CGO_ENABLED: '0' },
      cwd: folder,
      onLine(line) {
        last = `, ${line.replace(/^go: /, '').slice(0, 60)}`;
      },
      onStart,
    });
    keep(folder);
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

function minutes(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
