import type { BenchOptions } from './bench-command.js';
import type { BenchSystem } from './bench-system.js';
import { type Machine, readVersions } from './machine.js';
import type { Load } from './measured-parts.js';
import { type Report, reportOn } from './report.js';
import { reportTable } from './report-table.js';
import { type Round, runRound } from './round.js';
import { inTurn } from './rounds.js';

export interface BenchRun extends Pick<BenchOptions, 'orders' | 'concurrency' | 'engine'> {
  readonly system: BenchSystem;
  readonly machine: Machine;
  readonly stopping: AbortSignal;
  log(text: string): void;
}

/** In turn, so that what changes on the machine meanwhile affects both. */
const LOADS: readonly Load[] = ['orders', 'bare'];
/** For compiled code, open connections and filled caches, as a process has that runs for days. */
const WARM_UP = { most: 50, share: 0.2 } as const;

/** Warms up, then runs the rounds. @throws Error when a round does not end, or its counts are wrong */
export async function measureCost(options: BenchRun): Promise<{ report: Report; table: string }> {
  const { system, machine, orders, concurrency, engine, stopping, log } = options;
  const run = async (name: string, load: Load, count: number): Promise<Round> => {
    const round = await runRound(system, { load, count, concurrency, stopping });
    const figures = `${round.cpuTotal.toFixed(0)} ms of CPU each, ${round.perSecond.toFixed(1)} a second`;
    log(`  ${name}, ${count} ${NAMES[load]}: ${figures}`);
    return round;
  };
  const versions = await readVersions(system);
  const few = Math.min(WARM_UP.most, Math.ceil(orders * WARM_UP.share));
  for (const load of LOADS) await run('Warm-up', load, few);
  const rounds = await inTurn(LOADS, (load, number) => run(`Round ${number}`, load, orders));
  const report = reportOn({ machine, versions, engine, orders, concurrency, rounds });
  return { report, table: reportTable(report) };
}

const NAMES: Readonly<Record<Load, string>> = { orders: 'orders', bare: 'bare workflows' };
