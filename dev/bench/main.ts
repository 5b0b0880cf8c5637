/** `npm run bench`: what an order costs, beside a bare workflow, on a system of its own. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerHelp } from '#libs/config/help';

import { UsageError } from '../command/arguments.js';
import { Processes } from '../demo/processes.js';
import { EXIT, explainEnd } from '../command/explain.js';
import { listenForInterruption } from '../command/interruption.js';
import { PROJECT_ROOT } from '../build/project.js';
import { seconds, Terminal } from '../command/terminal.js';
import { bench } from './bench.js';
import { type BenchArguments, benchArguments, USAGE } from './bench-arguments.js';
import { benchSettings } from './bench-settings.js';
import { deleteCountedPostgres } from './counted-postgres.js';
import { lookAtMachine } from './machine.js';
import { reportTable } from './report-table.js';
import { Rig } from './rig.js';

answerHelp(USAGE);
const terminal = new Terminal();
const { stopping, hurry, stopped } = listenForInterruption();
const explain = (error: unknown) => explainEnd(error, stopping.signal, terminal);

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
if (process.exitCode !== EXIT.done) process.exit();

async function main(wanted: BenchArguments): Promise<number> {
  // For TEMPORAL_CLI_PATH; the rig takes nothing else from it.
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const machine = lookAtMachine();
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-bench-'));
  const processes = new Processes((failure) => stopping.abort(failure));
  const since = performance.now();
  // A target that is missed is a finding, not a failure.
  let code: number = EXIT.done;
  try {
    terminal.say('Starting a system of its own on free ports; one that is running here is left alone.');
    const settings = await benchSettings(folder);
    const rig = await Rig.open({ settings, folder, processes, terminal, stopping });
    const says = (text: string) => terminal.say(text);
    const measuring = bench({ ...wanted, rig, machine, stopping: stopping.signal, says });
    // Once interrupted, how it fails is of no interest.
    measuring.catch(() => {});
    // A round may be in the middle of waiting for its orders; the end does not wait for it.
    const report = await Promise.race([measuring, stopped()]);
    await rig.close();
    terminal.say(`\n${reportTable(report)}\n`);
    const json = JSON.stringify(report, null, 2);
    if (wanted.json === undefined) terminal.say(json);
    else writeFileSync(wanted.json, `${json}\n`);
  } catch (error) {
    code = explain(error);
  }
  await processes.stop(hurry);
  deleteCountedPostgres(folder);
  if (code === EXIT.failed) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(`Everything is stopped. It took ${seconds(performance.now() - since)}.`);
  return code;
}
