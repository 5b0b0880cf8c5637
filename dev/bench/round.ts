import { setTimeout as sleep } from 'node:timers/promises';

import type { BenchSystem } from './bench-system.js';
import { concurrently } from './concurrently.js';
import { percentile, type Spread, spread } from './figures.js';
import { LOADS } from './loads.js';
import { forEachPart, type Load, type PartName, PART_NAMES, partsOf } from './measured-parts.js';
import { countOrders } from './order-counts.js';
import { cpuOf, cpuOfAlone, cpuOfMachine, residentOf } from './process-usage.js';
import { historyCounts } from './run-history.js';
import { since, type StatementCount } from './statements.js';
import { wrongCounts } from './wrong-counts.js';

export interface RoundOptions {
  readonly load: Load;
  /** How many orders or bare workflows. */
  readonly count: number;
  readonly concurrency: number;
  readonly stopping: AbortSignal;
}

/** The figures of one round. CPU is in milliseconds for each order, or each bare workflow. */
export interface Round {
  readonly load: Load;
  readonly count: number;
  readonly perSecond: number;
  /** Of the parts that serve the load, and their sum. */
  readonly cpu: Partial<Record<PartName, number>>;
  readonly cpuTotal: number;
  /** Of what makes the load, this program and the sandbox; no part of the cost. */
  readonly cpuDriving: number;
  /** CPUs' worth of work by anything else on the machine. */
  readonly othersBusy: number;
  /** CPUs' worth that the machine's host withheld. */
  readonly stolen: number;
  /** Bytes, at the round's end. */
  readonly resident: Partial<Record<PartName, number>>;
  readonly events: Spread;
  readonly workflowTasks: Spread;
  /** Milliseconds until `POST /orders`, or the start of a bare workflow, was answered. */
  readonly answered: { readonly p50: number; readonly p99: number };
  /** SQL, for each order; null for bare workflows. */
  readonly statements: number | null;
  readonly eachStatement: readonly StatementCount[];
}

/** Milliseconds. Work that remains after the last order is closed is counted in its round, not in the next one. */
const REMAINING_WORK = 1_000;
/** Milliseconds until a round is given up: for the round, and for each order of it. */
const TIMEOUT = { round: 60_000, order: 2_000 } as const;
/** How many histories are read at once, between rounds. */
const READS_AT_ONCE = 10;

/**
 * Runs one load and measures what it took.
 *
 * @throws Error when an order did not end in time, or the counts of orders or mails are wrong
 */
export async function runRound(
  system: BenchSystem,
  { load, count, concurrency, stopping }: RoundOptions,
): Promise<Round> {
  const ordersBefore = await countOrders(system.databaseUrl);
  const mailsBefore = system.mails.received;
  const statementsBefore = await system.statements.counts();
  const before = readUsage(system);

  const all = concurrently(count, concurrency, (index) => LOADS[load](system, index));
  const completed = await withTimeout(all, load, TIMEOUT.round + TIMEOUT.order * count, stopping);
  const seconds = (performance.now() - before.at) / 1_000;
  await sleep(REMAINING_WORK, undefined, { signal: stopping });

  const after = readUsage(system);
  const eachStatement = since(statementsBefore, await system.statements.counts());
  const resident = Object.fromEntries(
    partsOf(load).map((part) => [part, sumOf(system.pids(part), residentOf)]),
  );
  const wrong = wrongCounts({
    load,
    count,
    before: ordersBefore,
    after: await countOrders(system.databaseUrl),
    mails: system.mails.received - mailsBefore,
  });
  if (wrong.length > 0) throw new Error(['The counts are wrong:', ...wrong].join('\n  '));
  const client = system[load];
  const histories = await concurrently(completed.length, READS_AT_ONCE, (index) =>
    historyCounts(client, completed[index]?.workflowId ?? ''),
  );

  const spent = (part: PartName) => after.cpu[part] - before.cpu[part];
  const cpu = Object.fromEntries(partsOf(load).map((part) => [part, spent(part) / count]));
  const known = PART_NAMES.reduce((sum, part) => sum + spent(part), after.driver - before.driver);
  const elapsed = after.at - before.at;
  const answered = completed.map(({ answeredIn }) => answeredIn);
  return {
    load,
    count,
    perSecond: count / seconds,
    cpu,
    cpuTotal: Object.values(cpu).reduce((sum, each) => sum + each, 0),
    cpuDriving: (after.driver - before.driver + spent('sandbox')) / count,
    othersBusy: Math.max(0, (after.machine.busy - before.machine.busy - known) / elapsed),
    stolen: (after.machine.stolen - before.machine.stolen) / elapsed,
    resident,
    events: spread(histories.map(({ events }) => events)),
    workflowTasks: spread(histories.map(({ workflowTasks }) => workflowTasks)),
    answered: { p50: percentile(answered, 0.5), p99: percentile(answered, 0.99) },
    statements: load === 'orders' ? eachStatement.reduce((sum, { calls }) => sum + calls, 0) / count : null,
    eachStatement: load === 'orders' ? eachStatement : [],
  };
}

const sumOf = (pids: readonly number[], of: (pid: number) => number) =>
  pids.reduce((sum, pid) => sum + of(pid), 0);

function readUsage(system: BenchSystem) {
  return {
    at: performance.now(),
    cpu: forEachPart((part) => sumOf(system.pids(part), cpuOf)),
    driver: cpuOfAlone(process.pid),
    machine: cpuOfMachine(),
  };
}

async function withTimeout<T>(
  work: Promise<T>,
  load: Load,
  timeout: number,
  stopping: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const late = sleep(timeout, undefined, { signal: AbortSignal.any([over.signal, stopping]) }).then(
    (): never => {
      throw new Error(`Not every one of the ${load} ended within ${timeout / 1_000} s`);
    },
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}
