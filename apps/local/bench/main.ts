/** `npm run bench`: what an order costs, beside a bare workflow, on a system of its own. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { UsageError } from '../arguments.js';
import { ChildFailed } from '../child.js';
import { Processes } from '../demo/processes.js';
import { whenNpmEnds } from '../parent.js';
import { PROJECT_ROOT } from '../project.js';
import { NoTemporal } from '../temporal-executable.js';
import { seconds, Terminal } from '../terminal.js';
import { bench } from './bench.js';
import { type BenchArguments, benchArguments } from './bench-arguments.js';
import { benchSettings } from './bench-settings.js';
import { deleteCountedPostgres } from './counted-postgres.js';
import { lookAtMachine } from './machine.js';
import { reportTable } from './report-table.js';
import { Rig } from './rig.js';

/** Failures that a person can do something about; their messages say what, and a stack would bury it. */
const EXPLAINED = [UsageError, ChildFailed, NoTemporal];

/** A target that is missed is a finding, not a failure. */
const EXIT = { measured: 0, failed: 1, misused: 2, interrupted: 130 } as const;

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
  if (process.platform !== 'linux')
    throw new UsageError(
      `CPU and memory are read from /proc, which Linux has and ${process.platform} has not.`,
    );
  process.exitCode = await main(benchArguments(process.argv.slice(2)));
} catch (error) {
  process.exitCode = explain(error);
}
// Orders that were given up are still waited for, by calls that Temporal's client repeats for minutes.
if (process.exitCode !== EXIT.measured) process.exit();

async function main(wanted: BenchArguments): Promise<number> {
  // For TEMPORAL_CLI_PATH; the rig takes nothing else from it.
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const machine = lookAtMachine();
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-bench-'));
  const processes = new Processes((failure) => stopping.abort(failure));
  const since = performance.now();
  let code: number = EXIT.measured;
  try {
    terminal.say('Starting a system of its own on free ports; one that is running here is left alone.');
    const settings = await benchSettings(folder);
    const rig = await Rig.open({ settings, folder, processes, terminal, stopping });
    const says = (text: string) => terminal.say(text);
    const measuring = bench({ ...wanted, rig, machine, stopping: stopping.signal, says });
    // Once interrupted, how it fails is of no interest.
    measuring.catch(() => {});
    const report = await Promise.race([measuring, interrupted()]);
    await rig.close();
    terminal.say(`\n${reportTable(report)}\n`);
    const json = JSON.stringify(report, null, 2);
    if (wanted.json === undefined) terminal.say(json);
    else writeFileSync(wanted.json, `${json}\n`);
  } catch (error) {
    code = explain(error);
  }
  await processes.stop(hurrying.signal);
  deleteCountedPostgres(folder);
  if (code === EXIT.failed) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(`Everything is stopped. It took ${seconds(performance.now() - since)}.`);
  return code;
}

/** A round may be in the middle of waiting for its orders; the end does not wait for it. */
async function interrupted(): Promise<never> {
  await once(stopping.signal, 'abort');
  throw stopping.signal.reason;
}

/** The first Ctrl-C stops, the second hurries. */
function interrupt(): void {
  if (stopping.signal.aborted) hurrying.abort();
  else stopping.abort(new Interrupted());
}

/** Says why the bench could not go on. @returns the exit code */
function explain(error: unknown): number {
  // What an abort interrupts fails in ways of its own; its reason is what happened.
  const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
  if (reason instanceof Interrupted) {
    terminal.say('\nInterrupted.');
    return EXIT.interrupted;
  }
  const known = EXPLAINED.some((kind) => reason instanceof kind);
  terminal.say(`\n${reason instanceof Error ? (known ? reason.message : reason.stack) : String(reason)}`);
  return reason instanceof UsageError ? EXIT.misused : EXIT.failed;
}
