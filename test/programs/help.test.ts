import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

/** Runs what npm would, without building first. */
function ask(script: string, ...args: string[]) {
  const [, ...program] = scripts[script]?.split(' ') ?? [];
  return promisify(execFile)(process.execPath, [...program, ...args], {
    // The help of a command may need none of these.
    env: { ...process.env, METRICS_PORT: 'abc', DATABASE_URL: 'nonsense' },
  });
}

const SCRIPTS = [
  'start',
  'order',
  'demo',
  'bench',
  'fuzz',
  'migrate',
  'test:model',
  'test:containers',
  'test:production',
];
/** They read the local environment before their options; it is wrong here. */
const WITH_ENVIRONMENT = ['keys', 'people', 'reconcile', 'restored', 'deploy', 'replay-live'];

test.each([...SCRIPTS, ...WITH_ENVIRONMENT])(
  'npm run %s -- --help says how it is used, and does nothing else',
  async (script) => {
    const { stdout, stderr } = await ask(script, '--help');
    expect(stdout).toMatch(new RegExp(`^Usage: npm (run )?(-s )?${script}\\b`));
    expect(stderr).toBe('');
  },
);

test.each(SCRIPTS)(
  'npm run %s with an option that it does not have says how it is used, and ends with 2',
  async (script) => {
    const failure = await ask(script, '--no-such-option').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Unknown option '--no-such-option'\.\nUsage: /),
    });
  },
);
