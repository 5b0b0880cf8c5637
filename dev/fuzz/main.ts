/** `npm run fuzz`: whether the API does what its document says, asked by Schemathesis, on a system of its own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerHelp } from '#libs/config/help';

import { Processes } from '../demo/processes.js';
import { Stage } from '../demo/stage.js';
import { stageSettings } from '../demo/stage-settings.js';
import { EXIT, explainEnd } from '../command/explain.js';
import { listenForInterruption } from '../command/interruption.js';
import { PROJECT_ROOT } from '../build/project.js';
import { type Progress, seconds, Terminal } from '../command/terminal.js';
import { type FuzzArguments, fuzzArguments, USAGE } from './fuzz-arguments.js';
import { bringAboutGoingsOn } from './goings-on.js';
import { installSchemathesis } from './schemathesis-install.js';
import { type Fuzzed, fuzz } from './schemathesis-run.js';

/** Requests a second: more than anybody can make, or most cases would be told to wait. */
const RULES = { RATE_LIMIT: '1000000' };

answerHelp(USAGE);
const terminal = new Terminal();
const { stopping, hurry, stopped } = listenForInterruption();
const explain = (error: unknown) => explainEnd(error, stopping.signal, terminal);

try {
  process.exitCode = await main(fuzzArguments(process.argv.slice(2)));
} catch (error) {
  process.exitCode = explain(error);
}

async function main(wanted: FuzzArguments): Promise<number> {
  // For TEMPORAL_CLI_PATH; the stage takes nothing else from it.
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-fuzz-'));
  const processes = new Processes((failure) => stopping.abort(failure));
  const since = performance.now();
  let code: number = EXIT.done;
  try {
    // What is under way when something stops it is of no interest.
    const work = fuzzed(wanted, folder, processes);
    work.catch(() => {});
    if (!(await Promise.race([work, stopped()]))) code = EXIT.failed;
  } catch (error) {
    code = explain(error);
  }
  await processes.stop(hurry);
  if (code === EXIT.failed) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(`Everything is stopped. It took ${seconds(performance.now() - since)}.`);
  return code;
}

/** @returns whether nothing was found */
async function fuzzed(
  { cases, seed }: FuzzArguments,
  folder: string,
  processes: Processes,
): Promise<boolean> {
  let runs = 0;
  const logFile = () => join(folder, `schemathesis-${(runs += 1)}.log`);
  const onStart = processes.add;
  const program = await step('Looking for Schemathesis, installing it once', () =>
    installSchemathesis({ env: process.env, logFile: join(folder, 'install.log'), onStart }),
  );
  terminal.say('Starting a system of its own on free ports; one that is running here is left alone.');
  const settings = await stageSettings(folder);
  const stage = await Stage.open({ settings, folder, processes, terminal, stopping });
  try {
    await step('Starting the API and the worker', () => stage.prepare(RULES, () => {}));
    await step('Placing some orders to be found', () => bringAboutGoingsOn(stage, stopping.signal));
    terminal.say(`The seed is ${seed}.`);
    const ways = [
      { how: 'with a key', apiKey: stage.apiKey },
      { how: 'without a key', apiKey: undefined },
    ];
    const results: Fuzzed[] = [];
    for (const { how, apiKey } of ways) {
      const result = await step(`Calling every operation ${how}`, (progress) =>
        fuzz({
          ...{ program, url: stage.apiUrl, apiKey, cases, seed, folder, logFile, onStart },
          onLine: (line) => (progress.note = line.trim() || progress.note),
        }),
      );
      terminal.say(['', ...result.report, ''].join('\n'));
      results.push(result);
    }
    const total = results.reduce((sum, each) => sum + each.cases, 0);
    const failed = results.some((each) => each.failed);
    terminal.say(
      failed ? `Not all is as documented; ${total} cases.` : `All is as documented: ${total} cases.`,
    );
    return !failed;
  } finally {
    await stage.close();
  }
}

async function step<T>(doing: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const since = performance.now();
  const progress: Progress = {};
  const done = work(progress);
  const timed = done.then(() => ({ took: performance.now() - since }));
  await terminal.step(doing, timed, progress);
  return done;
}
