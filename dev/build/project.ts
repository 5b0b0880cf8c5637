import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the project is, whatever the working directory: this file runs from `dev/build` and `dist/dev/build`. */
export const PROJECT_ROOT = folderAbove(import.meta.dirname, 'package.json');

/** Everything the local stack keeps; git ignores it and `npm start -- --fresh` deletes it. */
export const DATA_DIR = join(PROJECT_ROOT, '.data');

/** The compiled form of one of the project's programs, such as `apps/api/main.js`. */
export function programPath(path: string): string {
  return join(PROJECT_ROOT, 'dist', path);
}

function folderAbove(folder: string, marker: string): string {
  if (existsSync(join(folder, marker))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No ${marker} in or above ${import.meta.dirname}`);
  return folderAbove(parent, marker);
}
