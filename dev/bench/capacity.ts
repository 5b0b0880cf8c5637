import { textTable } from '#libs/command/table';

import type { BenchRun } from './bench.js';
import { type Spread, spread } from './figures.js';
import type { Machine } from './machine.js';
import { ranged } from './ranged.js';
import { inTurn, OF_THE_ROUNDS, ROUNDS } from './rounds.js';
import { type Round, runRound } from './round.js';

export interface CapacityRun extends BenchRun {
  /** The counts of workers that are measured, one after the other. */
  readonly workers: readonly number[];
}

/** What so many workers did. */
export interface CapacityRow {
  readonly workers: number;
  readonly perSecond: Spread;
  /** Milliseconds of CPU for each order: of all parts, and of the workers. */
  readonly cpu: Spread;
  readonly cpuOfWorkers: Spread;
  /** Bytes of one worker, at the end of a round. */
  readonly resident: Spread;
  /** CPUs' worth of work: of everything, and by what is no part of the system or its load. */
  readonly busy: Spread;
  readonly othersBusy: Spread;
  /** Milliseconds. */
  readonly p99: Spread;
}

export interface CapacityReport {
  readonly at: string;
  readonly machine: Machine;
  readonly orders: number;
  readonly concurrency: number;
  readonly rows: readonly CapacityRow[];
}

/** Measures the same load with each count of workers. @throws Error when a round does not end, or its counts are wrong */
export async function measureCapacity(run: CapacityRun): Promise<{ report: CapacityReport; table: string }> {
  const { system, machine, orders, concurrency, workers, stopping, log } = run;
  const rows: CapacityRow[] = [];
  for (const count of workers) {
    await system.setWorkers(count);
    const round = (size: number) => runRound(system, { load: 'orders', count: size, concurrency, stopping });
    // Each worker compiles its code, and opens its connections.
    await round(Math.max(concurrency, count * 10));
    const rounds = await inTurn([count], async (_, number) => {
      const measured = await round(orders);
      log(`  workers: ${count}, round ${number}: ${measured.perSecond.toFixed(1)} orders a second`);
      return measured;
    });
    rows.push(rowOf(count, rounds));
  }
  const report = { at: new Date().toISOString(), machine, orders, concurrency, rows };
  return { report, table: capacityTable(report) };
}

function rowOf(workers: number, rounds: readonly Round[]): CapacityRow {
  const each = (of: (round: Round) => number) => spread(rounds.map(of));
  return {
    workers,
    perSecond: each(({ perSecond }) => perSecond),
    cpu: each(({ cpuTotal }) => cpuTotal),
    cpuOfWorkers: each(({ cpu }) => cpu.worker ?? Number.NaN),
    resident: each(({ resident }) => (resident.worker ?? Number.NaN) / workers),
    busy: each(
      ({ cpuTotal, cpuDriving, perSecond, othersBusy }) =>
        ((cpuTotal + cpuDriving) * perSecond) / 1_000 + othersBusy,
    ),
    othersBusy: each(({ othersBusy }) => othersBusy),
    p99: each(({ answered }) => answered.p99),
  };
}

/** The report for a person. */
function capacityTable({ machine, orders, concurrency, rows }: CapacityReport): string {
  return [
    `Orders from POST /orders to order.closed: ${ROUNDS} rounds of ${orders}, ${concurrency} at once.`,
    `${OF_THE_ROUNDS}.`,
    '',
    textTable(
      [
        'workers',
        'orders a second',
        'CPU, ms each',
        'of workers',
        'a worker, MB',
        'CPUs busy',
        'POST p99, ms',
      ],
      rows.map((row) => [
        String(row.workers),
        ranged(row.perSecond),
        ranged(row.cpu),
        ranged(row.cpuOfWorkers),
        (row.resident.max / 1e6).toFixed(0),
        ranged(row.busy),
        ranged(row.p99, 0),
      ]),
    ),
    '',
    `${machine.cores} × ${machine.cpu}: more workers than there are CPUs to run them add nothing.`,
    `In the busiest round others used ${Math.max(...rows.map(({ othersBusy }) => othersBusy.max)).toFixed(2)} of them: what they took, no worker had.`,
  ].join('\n');
}
