import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const EXECUTABLE_SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** The first executable of that name in the folders of PATH. */
export function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, `${program}${EXECUTABLE_SUFFIX}`))
    .find(isExecutable);
}

/** Whether there is a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
