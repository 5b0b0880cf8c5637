import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { PROJECT_ROOT } from '../../dev/build/project.js';
import { cacheFolder } from '../../dev/stack/processes/cache-folder.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { ExplainedError } from '#libs/explained-error';
import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';

import { workflowBundle } from './workflow-bundle.js';

class NoSuchRelease extends ExplainedError {
  override readonly name = 'NoSuchRelease';
}

const git = (...args: readonly string[]) =>
  execFileSync('git', args, {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/**
 * The build of a release, made from its tag once and kept in the user's cache folder.
 *
 * @returns its folder
 * @throws NoSuchRelease where the tag can be had neither here nor from origin
 */
export function releaseBuild(tag: string): string {
  const folder = join(cacheFolder(process.env), 'releases', `${tag}-${commitOf(tag).slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  git('worktree', 'add', '--force', '--detach', unfinished, tag);
  try {
    // Packages are added between releases, rarely changed: those that are here serve the code before as well.
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(unfinished, 'node_modules'));
    execFileSync(process.execPath, ['dev/build/build.mjs'], { cwd: unfinished, stdio: 'pipe' });
    const built = `${unfinished}.built`;
    mkdirSync(built);
    for (const name of ['dist', 'package.json', 'node_modules'])
      renameSync(join(unfinished, name), join(built, name));
    renameSync(built, folder);
  } finally {
    git('worktree', 'remove', '--force', unfinished);
  }
  return folder;
}

/** A clone made for a test may have no tags. */
function commitOf(tag: string): string {
  const known = () => git('rev-parse', '--verify', `refs/tags/${tag}^{commit}`);
  try {
    return known();
  } catch {
    try {
      git('fetch', '--quiet', 'origin', `refs/tags/${tag}:refs/tags/${tag}`);
      return known();
    } catch {
      throw new NoSuchRelease(`The tag ${tag} is neither here nor at origin: git fetch origin tag ${tag}`);
    }
  }
}

/** A build of this code with other workflows, which does other things about workflow versions. @returns its folder */
export async function changedBuild(workflowsPath: string, versions: WorkflowVersions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-build-'));
  guardFolder(folder);
  for (const name of ['apps', 'libs'])
    cpSync(join(PROJECT_ROOT, 'dist', name), join(folder, 'dist', name), { recursive: true });
  cpSync(join(PROJECT_ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(await workflowBundle(workflowsPath), join(folder, 'dist/workflow-bundle.js'));
  const constants = join(folder, 'dist/libs/contracts/workflows/workflow-version.js');
  const code = readFileSync(constants, 'utf8');
  const changed = code.replace(
    /WORKFLOW_VERSIONS = \{[^}]*\}/,
    `WORKFLOW_VERSIONS = ${JSON.stringify(versions)}`,
  );
  if (changed === code) throw new Error(`${constants} has no WORKFLOW_VERSIONS`);
  rmSync(constants);
  writeFileSync(constants, changed);
  return folder;
}
