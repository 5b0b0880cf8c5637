import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findTemporal, NoTemporal, temporalSources } from './temporal-executable.js';
import type { TemporalSource } from './temporal-source.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-processing-executable-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const quiet = () => {};

function executable(path: string, script = 'exit 0'): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Every source but the download, which would leave this machine. */
function sources(env: Record<string, string>): TemporalSource[] {
  return temporalSources({ env: { XDG_CACHE_HOME: join(folder, 'cache'), PATH: '', ...env } }).filter(
    ({ name }) => !name.includes('download'),
  );
}

test('the one that is named comes before the one on PATH', async () => {
  const mine = executable('mine/temporal');
  executable('bin/temporal');
  const env = { TEMPORAL_CLI_PATH: mine, PATH: join(folder, 'bin') };
  expect(await findTemporal(quiet, sources(env))).toBe(mine);
});

test('a wrong name is not ignored', async () => {
  executable('bin/temporal');
  const env = { TEMPORAL_CLI_PATH: join(folder, 'nowhere'), PATH: join(folder, 'bin') };
  await expect(findTemporal(quiet, sources(env))).rejects.toThrow(/TEMPORAL_CLI_PATH is .*nowhere/);
});

test('a file on PATH that cannot be executed is ignored', async () => {
  mkdirSync(join(folder, 'first/temporal'), { recursive: true });
  const second = executable('second/temporal');
  const env = { PATH: `${join(folder, 'first')}:${join(folder, 'second')}` };
  expect(await findTemporal(quiet, sources(env))).toBe(second);
});

test('Go builds it into the cache once, with its progress', async () => {
  const calls = join(folder, 'calls');
  executable(
    'bin/go',
    `echo "$@" >> ${calls}; echo go: downloading a/module >&2; /bin/sleep 1.2; echo > "$GOBIN/temporal"; /bin/chmod +x "$GOBIN/temporal"`,
  );
  const notes: string[] = [];
  const env = { PATH: join(folder, 'bin') };
  const first = await findTemporal((note) => notes.push(note), sources(env));
  expect(first).toBe(join(folder, 'cache/order-processing/temporal-v1.5.1'));
  expect(notes.at(-1)).toMatch(/takes minutes: 0:\d\d, downloading a\/module/);
  expect(await findTemporal(quiet, sources(env))).toBe(first);
  expect(readFileSync(calls, 'utf8')).toBe('install -v github.com/temporalio/cli/cmd/temporal@v1.5.1\n');
});

test('when nothing works, every source is named with its result', async () => {
  executable('bin/go', 'echo go: no network >&2; exit 1');
  const download: TemporalSource = {
    name: 'the download',
    find: () => ({ missed: 'did not answer within 10 s' }),
  };
  const [named, onPath, , ...rest] = sources({ PATH: join(folder, 'bin') });
  const failure = findTemporal(
    quiet,
    [named, onPath, download, ...rest].filter((source) => source !== undefined),
  );
  await expect(failure).rejects.toThrow(NoTemporal);
  await expect(failure).rejects.toThrow(
    /TEMPORAL_CLI_PATH: is not set[\s\S]*on PATH: is not there[\s\S]*the download: did not answer[\s\S]*go install[\s\S]*exit code 1[\s\S]*no network/,
  );
});
