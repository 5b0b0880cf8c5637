import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cacheFolder } from '../processes/cache-folder.js';
import { type ChildOptions, runChild } from '../processes/child.js';
import { EXECUTABLE_SUFFIX, isExecutable, onPath } from '../processes/executables.js';
import type { Report, SearchResult } from './temporal-source.js';

export const TEMPORAL_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

interface BuildOptions extends Pick<ChildOptions, 'onStart'> {
  env: NodeJS.ProcessEnv;
  report: Report;
}

export function earlierBuild(env: NodeJS.ProcessEnv): string | undefined {
  return [location(env)].find(isExecutable);
}

/** Builds beside the final place and moves it there whole, as another start may be looking. */
export async function buildTemporal({ env, report, onStart }: BuildOptions): Promise<SearchResult> {
  const go = onPath('go', env);
  if (go === undefined) return { missed: '`go` is not on PATH' };
  const target = location(env);
  const folder = join(dirname(target), `building-${process.pid}`);
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
      args: ['install', '-v', TEMPORAL_MODULE],
      env: { ...env, GOBIN: folder },
      cwd: folder,
      onLine(line) {
        last = `, ${line.replace(/^go: /, '').slice(0, 60)}`;
      },
      onStart,
    });
    renameSync(join(folder, `temporal${EXECUTABLE_SUFFIX}`), target);
    return { path: target };
  } catch (error) {
    return { missed: error instanceof Error ? error.message.replaceAll('\n', '\n    ') : 'failed' };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Named with its version, so that a newer project does not take an older build. */
function location(env: NodeJS.ProcessEnv): string {
  const version = TEMPORAL_MODULE.slice(TEMPORAL_MODULE.lastIndexOf('@') + 1);
  return join(cacheFolder(env), `temporal-${version}${EXECUTABLE_SUFFIX}`);
}

function minutes(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
