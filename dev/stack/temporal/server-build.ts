import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from '../processes/cache-folder.js';
import { type ChildOptions } from '../processes/child.js';
import { EXECUTABLE_SUFFIX, isExecutable } from '../processes/executables.js';
import { installWithGo } from './go-install.js';
import type { Report } from './temporal-source.js';

const MODULE = 'go.temporal.io/server';
/** As in docker-compose.yml. */
export const SERVER_VERSION = '1.30.4';
const PACKAGES = { server: `${MODULE}/cmd/server`, sql: `${MODULE}/cmd/tools/sql` } as const;

/** The paths of Temporal's server, as production runs it, and of the tool that makes its tables. */
export interface ServerPrograms {
  readonly server: string;
  readonly sql: string;
}

interface BuildOptions extends Pick<ChildOptions, 'onStart'> {
  env: NodeJS.ProcessEnv;
  report: Report;
  version?: string;
}

/**
 * Those of an earlier build in the cache, or of a new one: about three minutes on two cores.
 *
 * @throws Error where there is no `go`, or it fails
 */
export async function findTemporalServer({
  env,
  report,
  onStart,
  version = SERVER_VERSION,
}: BuildOptions): Promise<ServerPrograms> {
  const folder = join(cacheFolder(env), `temporal-server-v${version}`);
  const fileOf = (name: string) => `${name}${EXECUTABLE_SUFFIX}`;
  const programs = { server: join(folder, fileOf('server')), sql: join(folder, fileOf('sql')) };
  if (Object.values(programs).every(isExecutable)) return programs;
  await installWithGo({
    cache: cacheFolder(env),
    packages: Object.values(PACKAGES).map((name) => `${name}@v${version}`),
    env,
    report,
    onStart,
    keep(built) {
      mkdirSync(folder, { recursive: true });
      for (const [name, path] of Object.entries(programs)) renameSync(join(built, fileOf(name)), path);
    },
  });
  return programs;
}
