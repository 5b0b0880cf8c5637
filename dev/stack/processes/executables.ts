import { delimiter, join } from 'node:path';

import { isExecutable } from '#libs/config/executable';

export const EXECUTABLE_SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** The first executable of that name in the folders of PATH. */
export function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, `${program}${EXECUTABLE_SUFFIX}`))
    .find(isExecutable);
}
