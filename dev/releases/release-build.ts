import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ExplainedError } from '#libs/explained-error';
import { cacheFolder } from '../stack/processes/cache-folder.js';
import { runChild } from '../stack/processes/child.js';
import { PROJECT_ROOT } from '../build/project.js';

export class NoRelease extends ExplainedError {
  override readonly name = 'NoRelease';
}

/** How long another process may take to build it. Milliseconds. */
const LONGEST_BUILD = 15 * 60_000;

/**
 * A release as it was tagged, built in a git worktree in the user's cache folder: by an earlier call, or now, which takes
 * minutes.
 *
 * @returns its folder, where `dist/apps/api/main.js` is
 * @throws NoRelease when the tag is neither here nor at origin
 */
export async function buildRelease(tag: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const commit = await commitOf(tag);
  const folder = join(cacheFolder(env), 'releases', `${tag}-${commit.slice(0, 12)}`);
  const built = join(folder, 'built.txt');
  if (existsSync(built)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  if (!(await take(lock, built))) return folder;
  try {
    await build(folder, commit);
    // Last, so that an interrupted build is repeated.
    writeFileSync(built, `${commit}\n`);
    return folder;
  } finally {
    rmSync(lock, { force: true });
  }
}

async function build(folder: string, commit: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await git('worktree', 'prune');
  await git('worktree', 'add', '--force', '--detach', folder, commit);
  const npm = (...args: string[]) =>
    runChild({ name: `npm ${args[0]} of ${commit.slice(0, 12)}`, command: 'npm', args, cwd: folder });
  await npm('ci', '--no-audit', '--no-fund', '--prefer-offline');
  await npm('run', '--silent', 'build');
}

/** The commits of the releases, for clones without tags. */
const COMMITS: Readonly<Record<string, string>> = {
  'v0.1.0': '7a1fbafa03a6310c7e4a5bad4881273bb0dd9677',
  'v0.2.0': '92bc23328f9f0cf849531e260180c95dee888f32',
};

/** The commit of a tag. Where the clone has neither, the tag is fetched from origin. */
async function commitOf(tag: string): Promise<string> {
  const commit = COMMITS[tag];
  const here = (await resolved(`refs/tags/${tag}`)) ?? (commit && (await resolved(commit)));
  if (here !== undefined) return here;
  const fetched = await git('fetch', '--depth=1', 'origin', `refs/tags/${tag}:refs/tags/${tag}`).then(
    () => resolved(`refs/tags/${tag}`),
    () => undefined,
  );
  if (fetched !== undefined) return fetched;
  throw new NoRelease(
    `The tag ${tag} is not in this clone, and could not be fetched from origin. Fetch it where that works, such as with\n  git fetch origin tag ${tag}`,
  );
}

async function resolved(revision: string): Promise<string | undefined> {
  const lines: string[] = [];
  const code = await runChild({
    name: 'git rev-parse',
    command: 'git',
    args: ['rev-parse', '--quiet', '--verify', `${revision}^{commit}`],
    cwd: PROJECT_ROOT,
    codes: [0, 1],
    onLine: (line) => lines.push(line),
  });
  return code === 0 ? lines[0] : undefined;
}

const git = (...args: string[]) =>
  runChild({ name: `git ${args.slice(0, 2).join(' ')}`, command: 'git', args, cwd: PROJECT_ROOT });

/** Takes the lock for a build. @returns false where another process has built it meanwhile */
async function take(lock: string, built: string): Promise<boolean> {
  for (const until = Date.now() + LONGEST_BUILD; Date.now() < until; await delay(500)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      if (existsSync(built)) return false;
      if (!isRunning(lock)) rmSync(lock, { force: true });
    }
  }
  throw new NoRelease(`Another process has been building for ${LONGEST_BUILD / 60_000} minutes: see ${lock}`);
}

function isRunning(lock: string): boolean {
  try {
    return process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch {
    return false;
  }
}
