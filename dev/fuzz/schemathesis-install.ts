import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExplainedError } from '#libs/explained-error';
import { cacheFolder } from '../stack/processes/cache-folder.js';
import { type ChildOptions, runChild } from '../stack/processes/child.js';
import { EXECUTABLE_SUFFIX, onPath } from '../stack/processes/executables.js';
import { PROJECT_ROOT } from '../build/project.js';

/** Schemathesis and all it needs, each at a version that is known to work. */
const REQUIREMENTS = join(PROJECT_ROOT, 'dev/fuzz/requirements.txt');
/** Succeeds where Python is new enough and has what a virtual environment needs. */
const PROBE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
const SCRIPTS = process.platform === 'win32' ? 'Scripts' : 'bin';

class NoSchemathesis extends ExplainedError {
  override readonly name = 'NoSchemathesis';
}

type InstallOptions = Pick<ChildOptions, 'onStart' | 'logFile'> & { env: NodeJS.ProcessEnv };

/**
 * Schemathesis, in a separate folder of Python packages: installed by an earlier run, or now.
 *
 * @returns its program
 * @throws NoSchemathesis when there is no Python that could
 * @throws ChildFailed when it cannot be installed
 */
export async function installSchemathesis({ env, ...child }: InstallOptions): Promise<string> {
  const folder = join(cacheFolder(env), 'schemathesis');
  const program = join(folder, SCRIPTS, `schemathesis${EXECUTABLE_SUFFIX}`);
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  const installed = join(folder, 'installed.txt');
  if (existsSync(program) && existsSync(installed) && readFileSync(installed, 'utf8') === wanted)
    return program;

  const python = await findPython({ env, ...child });
  rmSync(folder, { recursive: true, force: true });
  await runChild({ ...child, env, name: 'python -m venv', command: python, args: ['-m', 'venv', folder] });
  await runChild({
    ...child,
    env,
    name: 'pip install',
    command: join(folder, SCRIPTS, `python${EXECUTABLE_SUFFIX}`),
    args: ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', REQUIREMENTS],
  });
  // Last, so that an interrupted installation is repeated.
  writeFileSync(installed, wanted);
  return program;
}

/** @throws NoSchemathesis saying what is missing */
async function findPython({ env, ...child }: InstallOptions): Promise<string> {
  const names = ['python3', 'python'];
  const there = names.flatMap((name) => onPath(name, env) ?? []);
  for (const command of there) {
    const code = await runChild({
      ...child,
      env,
      name: 'python',
      command,
      args: ['-c', PROBE],
      codes: [0, 1],
    });
    if (code === 0) return command;
  }
  throw new NoSchemathesis(
    [
      'Schemathesis needs Python 3.10 or later, with its modules venv and ensurepip (Debian: python3-venv).',
      there.length === 0
        ? 'Neither `python3` nor `python` is on PATH.'
        : `Looked at: ${there.join(', ')}; it is older, or lacks one of them.`,
      'Nothing else here needs Python.',
    ].join('\n'),
  );
}
