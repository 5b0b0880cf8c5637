import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cacheFolder } from '../processes/cache-folder.js';
import { type ChildOptions } from '../processes/child.js';
import { EXECUTABLE_SUFFIX, isExecutable } from '../processes/executables.js';
import { installWithGo } from './go-install.js';
import type { Report, SearchResult } from './temporal-source.js';

export const TEMPORAL_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

interface BuildOptions extends Pick<ChildOptions, 'onStart'> {
  env: NodeJS.ProcessEnv;
  report: Report;
}

export function earlierBuild(env: NodeJS.ProcessEnv): string | undefined {
  return [location(env)].find(isExecutable);
}

/** Builds the CLI, with its dev server, into the cache. */
export async function buildTemporal({ env, report, onStart }: BuildOptions): Promise<SearchResult> {
  const target = location(env);
  try {
    await installWithGo({
      cache: dirname(target),
      packages: [TEMPORAL_MODULE],
      env,
      report,
      onStart,
      keep: (folder) => renameSync(join(folder, `temporal${EXECUTABLE_SUFFIX}`), target),
    });
    return { path: target };
  } catch (error) {
    return { missed: error instanceof Error ? error.message.replaceAll('\n', '\n    ') : 'failed' };
  }
}

/** Named with its version, so that a newer project does not take an older build. */
function location(env: NodeJS.ProcessEnv): string {
  const version = TEMPORAL_MODULE.slice(TEMPORAL_MODULE.lastIndexOf('@') + 1);
  return join(cacheFolder(env), `temporal-${version}${EXECUTABLE_SUFFIX}`);
}
