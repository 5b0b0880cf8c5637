import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this project keeps what is costly to get and the same for every clone. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(usersCache(env), 'order-processing');
}

function usersCache(env: NodeJS.ProcessEnv): string {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME'];
  if (process.platform === 'win32' && env['LOCALAPPDATA']) return env['LOCALAPPDATA'];
  return join(homedir(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']));
}
