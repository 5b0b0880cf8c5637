/** `npm start`: the whole system on one machine. */
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { answerHelp } from '#libs/config/help';

import { welcome } from '../stack/addresses.js';
import { parseArguments, USAGE, UsageError } from '../command/arguments.js';
import { bringUp } from '../stack/bring-up.js';
import { ChildFailed, describeExit } from '../stack/processes/child.js';
import { failureText } from '../command/explain.js';
import { Interrupted, listenForInterruption } from '../command/interruption.js';
import { keepPorts } from './kept-ports.js';
import { localSettings, neededPorts } from '../stack/local-settings.js';
import { requireFreePorts } from '../stack/processes/ports.js';
import { deletePostgresHome } from '../stack/postgres/postgres-home.js';
import {
  forgetProcesses,
  refuseSecondStart,
  rememberProcesses,
  stopOrphans,
} from '../stack/processes/process-file.js';
import { DATA_DIR, PROJECT_ROOT } from '../build/project.js';
import { Roster } from '../stack/roster.js';
import { keepSecret, keptSecret, newCarrierSecret, newPaymentSecret } from '../stack/secrets.js';
import { steps } from '../stack/steps.js';
import { seconds, Terminal } from '../command/terminal.js';

answerHelp(USAGE);
const terminal = new Terminal();
const { stopping, hurry, stopped } = listenForInterruption();

try {
  await run();
} catch (error) {
  explain(error);
}

async function run(): Promise<void> {
  const { fresh, without } = parseArguments(process.argv.slice(2));
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const carrierSecret = (fresh ? undefined : keptSecret('carrier-secret')) ?? newCarrierSecret();
  const paymentSecret = (fresh ? undefined : keptSecret('payment-secret')) ?? newPaymentSecret();
  const settings = localSettings(process.env, { dataDir: DATA_DIR, carrierSecret, paymentSecret });
  refuseSecondStart();
  const orphans = await stopOrphans();
  if (orphans.length > 0) terminal.say(`Stopped what an earlier start left running: ${orphans.join(', ')}`);

  const roster = new Roster((part, child, exit) =>
    stopping.abort(new ChildFailed(`${part} ended unexpectedly: ${describeExit(exit)}.`, child)),
  );
  const wanted = steps({ settings, terminal, onStart: roster.add.bind(roster) }, without);
  if (wanted.length === 0) throw new UsageError('Everything was left out; there is nothing to start.');
  const parts = new Set(wanted.map(({ part }) => part));
  await requireFreePorts(neededPorts(settings.environment, (part) => parts.has(part)));

  if (fresh) beginAnew();
  keepSecret('carrier-secret', carrierSecret);
  keepSecret('payment-secret', paymentSecret);
  rememberProcesses([]);
  keepPorts(neededPorts(settings.environment, () => true));
  try {
    terminal.say(`Starting; logs are in ${relative(process.cwd(), join(DATA_DIR, 'logs'))}`);
    const since = performance.now();
    await bringUp(wanted, terminal, stopping);
    terminal.say(`\nReady after ${seconds(performance.now() - since)}. Ctrl-C stops everything.\n`);
    terminal.say(
      welcome({ settings, parts, apiKey: settings.embedded.postgres ? keptSecret('api-key') : undefined }),
    );
    await stopped();
  } catch (error) {
    explain(error);
  }
  terminal.say('\nStopping everything …');
  await roster.stop(hurry);
  forgetProcesses();
  terminal.say('Stopped.');
}

function beginAnew(): void {
  deletePostgresHome(DATA_DIR);
  rmSync(DATA_DIR, { recursive: true, force: true });
}

function explain(error: unknown): void {
  if (error instanceof Interrupted) return;
  process.exitCode = 1;
  terminal.say(`\n${failureText(error)}`);
}
