/** `npm start`: the whole system on one machine. */
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { InvalidEnvironment } from '#libs/config/environment';

import { welcome } from './addresses.js';
import { parseArguments, UsageError } from './arguments.js';
import { bringUp } from './bring-up.js';
import { ChildFailed, describeExit } from './child.js';
import { keepPorts } from './kept-ports.js';
import { localSettings, neededPorts } from './local-settings.js';
import { whenNpmEnds } from './parent.js';
import { PortsTaken, requireFreePorts } from './ports.js';
import { deletePostgresHome } from './postgres-home.js';
import {
  AlreadyRunning,
  forgetProcesses,
  refuseSecondStart,
  rememberProcesses,
  stopOrphans,
} from './process-file.js';
import { DATA_DIR, PROJECT_ROOT } from './project.js';
import { Roster } from './roster.js';
import { keepSecret, keptSecret, newCarrierSecret } from './secrets.js';
import { steps } from './steps.js';
import { NoTemporal } from './temporal-executable.js';
import { seconds, Terminal } from './terminal.js';

/** Failures that a person can do something about; their messages say what, and a stack would bury it. */
const EXPLAINED = [UsageError, InvalidEnvironment, AlreadyRunning, PortsTaken, ChildFailed, NoTemporal];

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const terminal = new Terminal();
const stopping = new AbortController();
const hurrying = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, interrupt);
}
whenNpmEnds(() => stopping.abort(new Interrupted()));

try {
  await run();
} catch (error) {
  explain(error);
}

async function run(): Promise<void> {
  const { fresh, without } = parseArguments(process.argv.slice(2));
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const carrierSecret = (fresh ? undefined : keptSecret('carrier-secret')) ?? newCarrierSecret();
  const settings = localSettings(process.env, { dataDir: DATA_DIR, carrierSecret });
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
    await once(stopping.signal, 'abort');
    stopping.signal.throwIfAborted();
  } catch (error) {
    explain(error);
  }
  terminal.say('\nStopping everything …');
  await roster.stop(hurrying.signal);
  forgetProcesses();
  terminal.say('Stopped.');
}

/** The first Ctrl-C stops, the second hurries. */
function interrupt(): void {
  if (stopping.signal.aborted) hurrying.abort();
  else stopping.abort(new Interrupted());
}

function beginAnew(): void {
  deletePostgresHome(DATA_DIR);
  rmSync(DATA_DIR, { recursive: true, force: true });
}

function explain(error: unknown): void {
  if (error instanceof Interrupted) return;
  process.exitCode = 1;
  const message = error instanceof Error ? (isExplained(error) ? error.message : error.stack) : String(error);
  terminal.say(`\n${message}`);
}

function isExplained(error: Error): boolean {
  return EXPLAINED.some((kind) => error instanceof kind);
}
