/** `npm run test:model`: the model test, for as many runs as one likes, or one run of it again. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';

import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { optional, wholeNumber } from '#libs/command/option';
import { runCommand } from '#libs/command/run-command';

import { PROJECT_ROOT } from './build/project.js';

const MODEL_TEST = defineCommand({
  name: 'npm run test:model --',
  about: ['Runs random stories of orders, faults and killed processes, and checks all facts after each.'],
  options: {
    runs: optional(wholeNumber(1, 100_000), 'how many stories are run; by default 50, with --path 1'),
    seed: optional(
      wholeNumber(-(2 ** 31), 2 ** 31 - 1),
      'decides what the stories are; by default a new one each time',
    ),
    path: optional(wholeNumber(0, 100_000), 'the first of them, counted from 0, as a failing run says'),
    times: optional(
      wholeNumber(0, 1_000),
      'how often a run that failed, or that of --path, is run again; by default 5',
    ),
  },
});

await runCommand(MODEL_TEST, async ({ options }) => {
  const { status, error } = spawnSync(
    process.execPath,
    [join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs'), 'run', 'test/model'],
    { cwd: PROJECT_ROOT, stdio: 'inherit', env: { ...process.env, ...variablesOf(options) } },
  );
  if (error) throw error;
  return status ?? 1;
});

/** The variables that carry the options to the test; see test/model/model-settings.ts. */
function variablesOf({ runs, seed, path, times }: OptionValues<typeof MODEL_TEST.options>) {
  const variables = {
    MODEL_RUNS: path === undefined ? runs : (runs ?? 1),
    // The test itself has a fixed seed where it is run with all others.
    MODEL_SEED: seed ?? randomInt(2 ** 30),
    MODEL_PATH: path,
    MODEL_TIMES: times,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
