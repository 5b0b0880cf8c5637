import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

import { PROJECT_ROOT } from '../../dev/build/project.js';

import type { System } from './system.js';

export interface Deployed {
  readonly code: number;
  readonly output: string;
}

/** Runs `npm run deploy -- …` on a system, as a person without the environment of a worker does. */
export async function deploy(system: System, ...args: readonly string[]): Promise<Deployed> {
  const {
    TEMPORAL_DEPLOYMENT_NAME: _name,
    TEMPORAL_WORKER_BUILD_ID: _build,
    ...environment
  } = system.environment;
  const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...environment } };
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [`${PROJECT_ROOT}/dist/apps/worker/deploy.js`, ...args],
      options,
    );
    return { code: 0, output: stdout.trim() };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { code: error.code, output: `${stdout}${stderr}`.trim() };
  }
}
