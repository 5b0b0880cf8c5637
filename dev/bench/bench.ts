import type { BenchArguments } from './bench-arguments.js';
import { askVersions, type Machine } from './machine.js';
import type { Load } from './measured-parts.js';
import { type Report, reportOn } from './report.js';
import type { Rig } from './rig.js';
import { type Round, runRound } from './round.js';

export interface BenchOptions extends BenchArguments {
  readonly rig: Rig;
  readonly machine: Machine;
  readonly stopping: AbortSignal;
  says(text: string): void;
}

const ROUNDS = 3;
/** One after the other, so that what changes on the machine meanwhile meets both. */
const LOADS: readonly Load[] = ['orders', 'bare'];
/** Compiled code, open connections, filled caches: what a process has that runs for days. */
const WARM_UP = { most: 50, share: 0.2 } as const;

/** Warms up, then runs the rounds. @throws Error when a round is not what it must be */
export async function bench(options: BenchOptions): Promise<Report> {
  const { rig, machine, orders, concurrency, stopping, says } = options;
  const run = async (name: string, load: Load, count: number): Promise<Round> => {
    const round = await runRound(rig, { load, count, concurrency, stopping });
    const figures = `${round.cpuTotal.toFixed(0)} ms of CPU each, ${round.perSecond.toFixed(1)} a second`;
    says(`  ${name}, ${count} ${NAMES[load]}: ${figures}`);
    return round;
  };
  const versions = await askVersions(rig);
  const few = Math.min(WARM_UP.most, Math.ceil(orders * WARM_UP.share));
  for (const load of LOADS) await run('Warm-up', load, few);
  const rounds: Round[] = [];
  for (let number = 1; number <= ROUNDS; number++) {
    for (const load of LOADS) rounds.push(await run(`Round ${number}`, load, orders));
  }
  return reportOn({ machine, versions, orders, concurrency, rounds });
}

const NAMES: Readonly<Record<Load, string>> = { orders: 'orders', bare: 'bare workflows' };
