import { textTable } from '#libs/command/table';

import { type BenchRun, ROUNDS } from './bench.js';
import { type Spread, spread } from './figures.js';
import type { Machine } from './machine.js';
import { ranged } from './ranged.js';
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
export async function capacity(run: CapacityRun): Promise<CapacityReport> {
  const { system, machine, orders, concurrency, workers, stopping, log } = run;
  const rows: CapacityRow[] = [];
  for (const count of workers) {
    await system.setWorkers(count);
    const round = (size: number) => runRound(system, { load: 'orders', count: size, concurrency, stopping });
    // Each worker compiles its code, and opens its connections.
    await round(Math.max(concurrency, count * 10));
    const rounds: Round[] = [];
    for (let number = 1; number <= ROUNDS; number++) {
      const measured = await round(orders);
      rounds.push(measured);
      log(`  workers: ${count}, round ${number}: ${measured.perSecond.toFixed(1)} orders a second`);
    }
    rows.push(rowOf(count, rounds));
  }
  return { at: new Date().toISOString(), machine, orders, concurrency, rows };
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
    p99: each(({ post }) => post?.p99 ?? Number.NaN),
  };
}

/** The report for a person. */
export function capacityTable({ machine, orders, concurrency, rows }: CapacityReport): string {
  return [
    `Orders from POST /orders to order.closed: ${ROUNDS} rounds of ${orders}, ${concurrency} at once.`,
    'Median of the rounds (least – greatest).',
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
