import { randomInt } from 'node:crypto';
import { join } from 'node:path';

import { type IsolatedRun, runOnIsolatedStack } from '../stack/isolated-stack.js';
import { apiUrl } from '../stack/local-settings.js';
import type { Progress, Terminal } from '../terminal/terminal.js';
import { type FuzzOptions, LARGEST_SEED } from './fuzz-command.js';
import { installSchemathesis } from './schemathesis-install.js';
import { fuzz, type FuzzResult } from './schemathesis-run.js';
import { seedOrders } from './seed-orders.js';
import { startFuzzSystem } from './start-fuzz-system.js';

/** Requests a second: more than Schemathesis makes, or most cases would be rate limited. */
const VARIABLES = {
  RATE_LIMIT: '1000000',
  SANDBOX_DELIVERY_AFTER: '3s',
  // Each is read to its end.
  EVENT_STREAM_DURATION: '200ms',
};

/** Calls every operation on a separate system. @returns the exit code */
export function runFuzz(options: FuzzOptions): Promise<number> {
  return runOnIsolatedStack({ name: 'fuzz', variables: VARIABLES, run: (given) => run(options, given) });
}

async function run(
  { cases, keyless = cases, seed = randomInt(LARGEST_SEED) }: FuzzOptions,
  { stack, folder, terminal, stopping }: IsolatedRun,
) {
  const onStart = stack.processes.add;
  const program = await step(terminal, 'Looking for Schemathesis, installing it once', () =>
    installSchemathesis({ env: process.env, logFile: join(folder, 'install.log'), onStart }),
  );
  const apiKey = await startFuzzSystem(stack);
  await step(terminal, 'Placing orders to be found', () => seedOrders(stack, apiKey, stopping));
  terminal.say(`The seed is ${seed}.`);
  const url = apiUrl(stack.settings.environment.api);
  let runs = 0;
  const logFile = () => join(folder, `schemathesis-${(runs += 1)}.log`);
  const results: FuzzResult[] = [];
  for (const { how, key, count } of [
    { how: 'with a key', key: apiKey, count: cases },
    { how: 'without a key', key: undefined, count: keyless },
  ]) {
    const result = await step(terminal, `Calling every operation ${how}`, (progress) =>
      fuzz({
        ...{ program, url, apiKey: key, cases: count, seed, folder, logFile, onStart },
        onLine: (line) => (progress.note = line.trim() || progress.note),
      }),
    );
    terminal.say(['', ...result.report, ''].join('\n'));
    results.push(result);
  }
  const total = results.reduce((sum, each) => sum + each.cases, 0);
  const succeeded = !results.some((each) => each.failed);
  return {
    succeeded,
    conclusion: succeeded
      ? `All is as documented: ${total} cases.`
      : `Not all is as documented; ${total} cases.`,
  };
}

function step<T>(terminal: Terminal, doing: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress: Progress = {};
  return terminal.step(doing, work(progress), progress);
}
