import { setTimeout as sleep } from 'node:timers/promises';

import { lookAtBooks } from './books.js';
import { drive } from './drive.js';
import { percentile, type Spread, spread } from './figures.js';
import { LOADS } from './loads.js';
import { forEachPart, type Load, type PartName, PART_NAMES, partsOf } from './measured-parts.js';
import { cpuOf, cpuOfAlone, cpuOfMachine, residentOf } from './process-usage.js';
import type { Rig } from './rig.js';
import { since, type StatementCount } from './statements.js';
import { wrongCounts } from './wrong-counts.js';

export interface RoundOptions {
  readonly load: Load;
  /** How many orders or bare workflows. */
  readonly count: number;
  readonly concurrency: number;
  readonly stopping: AbortSignal;
}

/** What one round came to. CPU is in milliseconds for each order, or each bare workflow. */
export interface Round {
  readonly load: Load;
  readonly count: number;
  readonly perSecond: number;
  /** Of the parts that the load is charged with, and their sum. */
  readonly cpu: Partial<Record<PartName, number>>;
  readonly cpuTotal: number;
  /** Of what drives the load, this program and the sandbox; charged to nobody. */
  readonly cpuDriving: number;
  /** CPUs' worth of work by anything else on the machine. */
  readonly othersBusy: number;
  /** CPUs' worth that the machine's host took away. */
  readonly stolen: number;
  /** Bytes, at the round's end. */
  readonly resident: Partial<Record<PartName, number>>;
  readonly events: Spread;
  /** Milliseconds; null for bare workflows. */
  readonly post: { readonly p50: number; readonly p99: number } | null;
  /** SQL, for each order; null for bare workflows. */
  readonly statements: number | null;
  readonly eachStatement: readonly StatementCount[];
}

/** What a load leaves to be done after its last order is closed is charged to it, and to no later round. */
const TAIL = 1_000;
/** Milliseconds until a round is given up: for the round, and for each order of it. */
const PATIENCE = { round: 60_000, order: 2_000 } as const;
/** How many histories are looked at, at once, between rounds. */
const LOOKS = 10;

/**
 * Drives one load and measures what it took.
 *
 * @throws Error when one did not come to its end, or the books, mails or histories do not add up
 */
export async function runRound(
  rig: Rig,
  { load, count, concurrency, stopping }: RoundOptions,
): Promise<Round> {
  const booksBefore = await lookAtBooks(rig.settings.environment.store.DATABASE_URL);
  const mailsBefore = rig.mails.taken;
  const statementsBefore = await rig.statements.counts();
  const before = look(rig);

  const all = drive(count, concurrency, (index) => LOADS[load](rig, index));
  const driven = await inTime(all, load, PATIENCE.round + PATIENCE.order * count, stopping);
  const seconds = (performance.now() - before.at) / 1_000;
  await sleep(TAIL, undefined, { signal: stopping });

  const after = look(rig);
  const eachStatement = since(statementsBefore, await rig.statements.counts());
  const resident = Object.fromEntries(partsOf(load).map((part) => [part, residentOf(rig.pid(part))]));
  const books = await lookAtBooks(rig.settings.environment.store.DATABASE_URL);
  const faults = wrongCounts({
    load,
    count,
    before: booksBefore,
    after: books,
    mails: rig.mails.taken - mailsBefore,
  });
  if (faults.length > 0) throw new Error(['The counts are wrong:', ...faults].join('\n  '));
  const client = rig[load];
  const events = await drive(driven.length, LOOKS, async (index) => {
    const { historyLength } = await client.workflow.getHandle(driven[index]?.workflowId ?? '').describe();
    return historyLength;
  });

  const spent = (part: PartName) => after.cpu[part] - before.cpu[part];
  const cpu = Object.fromEntries(partsOf(load).map((part) => [part, spent(part) / count]));
  const known = PART_NAMES.reduce((sum, part) => sum + spent(part), after.driver - before.driver);
  const elapsed = after.at - before.at;
  const answered = driven.flatMap(({ answeredIn }) => answeredIn ?? []);
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
    events: spread(events),
    post: answered.length === 0 ? null : { p50: percentile(answered, 0.5), p99: percentile(answered, 0.99) },
    statements: load === 'orders' ? eachStatement.reduce((sum, { calls }) => sum + calls, 0) / count : null,
    eachStatement: load === 'orders' ? eachStatement : [],
  };
}

function look(rig: Rig) {
  return {
    at: performance.now(),
    cpu: forEachPart((part) => cpuOf(rig.pid(part))),
    driver: cpuOfAlone(process.pid),
    machine: cpuOfMachine(),
  };
}

async function inTime<T>(work: Promise<T>, load: Load, patience: number, stopping: AbortSignal): Promise<T> {
  const over = new AbortController();
  const late = sleep(patience, undefined, { signal: AbortSignal.any([over.signal, stopping]) }).then(
    (): never => {
      throw new Error(`Not every one of the ${load} came to its end within ${patience / 1_000} s`);
    },
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}
