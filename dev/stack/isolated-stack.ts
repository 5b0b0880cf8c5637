import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listenForInterruption } from '#libs/command/interruption';
import { EXIT, exitCodeOf, failureText } from '#libs/command/run-command';

import { PROJECT_ROOT } from '../build/project.js';
import { seconds, Terminal } from '../terminal/terminal.js';
import { isolatedSettings } from './isolated-settings.js';
import { dataFault } from './kept-data.js';
import { whenNpmEnds } from './processes/npm-parent.js';
import { Stack } from './stack.js';

export interface IsolatedRun {
  readonly stack: Stack;
  /** For the data and logs of this run: deleted at its end, unless the run fails. */
  readonly folder: string;
  readonly terminal: Terminal;
  readonly stopping: AbortSignal;
}

export interface IsolatedOptions {
  /** Of the program. */
  readonly name: string;
  /** Variables that are set otherwise than by `npm start`. */
  readonly variables: Readonly<Record<string, string>>;
  /** @returns whether it succeeded, and the sentence to print at the end */
  run(given: IsolatedRun): Promise<{ succeeded: boolean; conclusion: string }>;
}

/**
 * Runs a program on a separate, empty stack on free ports, and removes the stack afterwards. A stack of
 * `npm start` is not touched.
 *
 * @returns the exit code
 */
export async function runOnIsolatedStack({ name, variables, run }: IsolatedOptions): Promise<number> {
  // For TEMPORAL_CLI_PATH; nothing else is taken from it.
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const terminal = new Terminal();
  const { stopping, hurry, stopped, interrupt } = listenForInterruption();
  whenNpmEnds(interrupt);
  const since = performance.now();
  const folder = mkdtempSync(join(tmpdir(), `order-processing-${name}-`));
  const settings = await isolatedSettings(folder, variables);
  const stack = new Stack({ settings, cwd: folder, logFile: numberedLogs(folder), terminal, stopping });
  let code: number;
  let conclusion = 'Everything is stopped.';
  try {
    terminal.say('Starting a system of its own on free ports; one that is running here is left alone.');
    const running = run({ stack, folder, terminal, stopping: stopping.signal });
    // Once it is interrupted, its failure is ignored.
    running.catch(() => {});
    // A part may still be starting; the end does not wait for that.
    const result = await Promise.race([running, stopped()]);
    code = result.succeeded ? EXIT.done : EXIT.failed;
    conclusion = result.conclusion;
  } catch (error) {
    // An interrupted step fails with its own error; the reason of the abort is the cause.
    const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
    terminal.say(`\n${failureText(reason, dataFault)}`);
    code = exitCodeOf(reason);
  }
  terminal.say('\nStopping everything …');
  await stack.stop(hurry);
  if (code === EXIT.failed) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(`${conclusion} It took ${seconds(performance.now() - since)}.`);
  return code;
}

/** A file for each program that is started, numbered in that order: one may be started again and again. */
function numberedLogs(folder: string): (name: string) => string {
  let started = 0;
  return (name) => join(folder, `${(started += 1)}-${name}.log`);
}
