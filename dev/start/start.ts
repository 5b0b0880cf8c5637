import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { usageError } from '#libs/command/command-line';
import { Interrupted, listenForInterruption } from '#libs/command/interruption';
import { exitCodeOf, failureText } from '#libs/command/run-command';

import { DATA_DIR, PROJECT_ROOT } from '../build/project.js';
import { dataFault } from '../stack/kept-data.js';
import { keepPorts } from '../stack/kept-ports.js';
import { localSettings, neededPorts } from '../stack/local-settings.js';
import { deletePostgresHome } from '../stack/postgres/postgres-home.js';
import { whenNpmEnds } from '../stack/processes/npm-parent.js';
import { requireFreePorts } from '../stack/processes/ports.js';
import {
  forgetProcesses,
  refuseSecondStart,
  rememberProcesses,
  stopOrphans,
} from '../stack/processes/process-file.js';
import { keepSecrets, keptSecret, keptSecrets, newSecrets } from '../stack/secrets.js';
import { Stack } from '../stack/stack.js';
import { warningIn } from '../stack/warnings.js';
import { seconds, Terminal } from '../terminal/terminal.js';
import { START, type StartOptions } from './start-command.js';
import { startSteps } from './start-steps.js';
import { welcome } from './welcome.js';

/** Starts the whole system, and stops it when it is interrupted. */
export async function start({ fresh, without }: StartOptions): Promise<void> {
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const terminal = new Terminal();
  const { stopping, hurry, stopped, interrupt } = listenForInterruption();
  whenNpmEnds(interrupt);
  const secrets = fresh ? newSecrets() : keptSecrets();
  const settings = localSettings(process.env, { dataDir: DATA_DIR, ...secrets });
  refuseSecondStart();
  const orphans = await stopOrphans();
  if (orphans.length > 0) terminal.say(`Stopped what an earlier start left running: ${orphans.join(', ')}`);

  const stack = new Stack({
    settings,
    cwd: PROJECT_ROOT,
    logFile: (part) => join(DATA_DIR, 'logs', `${part}.log`),
    onLine(part, line) {
      const warning = warningIn(part, line);
      if (warning !== undefined) terminal.say(warning);
    },
    onChange: rememberProcesses,
    terminal,
    stopping,
  });
  const steps = startSteps(stack, without);
  if (steps.length === 0) throw usageError(START, 'Everything was left out; there is nothing to start.');
  const parts = new Set(steps.map(({ part }) => part));
  await requireFreePorts(neededPorts(settings.environment, (part) => parts.has(part)));

  if (fresh) deleteKeptData();
  keepSecrets(secrets);
  rememberProcesses([]);
  keepPorts(neededPorts(settings.environment, () => true));
  try {
    terminal.say(`Starting; logs are in ${relative(process.cwd(), join(DATA_DIR, 'logs'))}`);
    const since = performance.now();
    await stack.start(steps);
    terminal.say(`\nReady after ${seconds(performance.now() - since)}. Ctrl-C stops everything.\n`);
    terminal.say(
      welcome({ settings, parts, apiKey: settings.embedded.postgres ? keptSecret('api-key') : undefined }),
    );
    await stopped();
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      terminal.say(`\n${failureText(error, dataFault)}`);
      process.exitCode = exitCodeOf(error);
    }
  }
  terminal.say('\nStopping everything …');
  await stack.stop(hurry);
  forgetProcesses();
  terminal.say('Stopped.');
}

function deleteKeptData(): void {
  deletePostgresHome(DATA_DIR);
  rmSync(DATA_DIR, { recursive: true, force: true });
}
