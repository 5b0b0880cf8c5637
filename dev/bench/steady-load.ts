import { setTimeout as sleep } from 'node:timers/promises';

import type { BenchRun } from './bench.js';
import { percentile } from './figures.js';
import { LOADS } from './loads.js';
import { Memory } from './memory.js';
import { type SteadyLoadReport, steadyLoadTable } from './steady-load-table.js';

export interface SteadyLoadRun extends Omit<BenchRun, 'orders' | 'concurrency'> {
  readonly minutes: number;
  /** Orders a second. */
  readonly rate: number;
}

const MINUTE = 60_000;
/** Milliseconds. */
const SAMPLE_EVERY = 5_000;
/** Until then a heap may grow: ten minutes, or a third of a shorter run. */
const SETTLED_AFTER = { minutes: 10, share: 1 / 3 } as const;
/** Orders come at their rate, whether earlier ones have ended or not; behind by so many seconds' worth, it is too high. */
const MOST_BEHIND = 60;

/** Places orders at a steady rate, and reads the memory of the API and of the worker meanwhile. */
export async function measureSteadyLoad(run: SteadyLoadRun) {
  const { system, machine, engine, minutes, rate, stopping, log } = run;
  const memories = (['api', 'worker'] as const).map((part) => ({
    process: part === 'api' ? 'API' : 'worker',
    memory: new Memory(system.pids(part)[0] ?? Number.NaN),
  }));
  const over = new AbortController();
  const sampling = sample(memories, over.signal, log);
  let placed;
  try {
    placed = await placeAtRate(run);
    for (const { memory } of memories) memory.sample();
  } finally {
    over.abort();
    await sampling;
  }
  stopping.throwIfAborted();
  const settledAfter = Math.min(SETTLED_AFTER.minutes * MINUTE, minutes * MINUTE * SETTLED_AFTER.share);
  const report: SteadyLoadReport = {
    at: new Date().toISOString(),
    machine,
    engine,
    minutes,
    rate,
    orders: placed.answered.length,
    mostInProgress: placed.mostInProgress,
    post: { p50: percentile(placed.answered, 0.5), p99: percentile(placed.answered, 0.99) },
    settledAfter,
    memory: memories.map(({ process, memory }) => ({
      process,
      each: memory.each(MINUTE),
      change: memory.change(settledAfter),
    })),
  };
  return { report, table: steadyLoadTable(report) };
}

async function placeAtRate({ system, minutes, rate, stopping }: SteadyLoadRun) {
  const answered: number[] = [];
  const inProgress = new Set<Promise<void>>();
  let mostInProgress = 0;
  let failure: { readonly error: unknown } | undefined;
  const began = performance.now();
  for (let index = 0; index < minutes * 60 * rate; index++) {
    const wait = began + (index * 1_000) / rate - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: stopping });
    if (failure) throw failure.error;
    if (inProgress.size > rate * MOST_BEHIND)
      throw new Error(`${inProgress.size} orders are in progress: this machine does not do ${rate} a second`);
    const order = LOADS.orders(system, index)
      .then(({ answeredIn }) => void answered.push(answeredIn))
      .catch((error: unknown) => (failure = { error }))
      .then(() => void inProgress.delete(order));
    inProgress.add(order);
    mostInProgress = Math.max(mostInProgress, inProgress.size);
  }
  await Promise.all(inProgress);
  if (failure) throw failure.error;
  return { answered, mostInProgress };
}

async function sample(
  memories: readonly { readonly process: string; readonly memory: Memory }[],
  over: AbortSignal,
  log: (text: string) => void,
): Promise<void> {
  let logged = 0;
  do {
    for (const { memory } of memories) memory.sample();
    const whole = memories[0]?.memory.each(MINUTE).length ?? 0;
    if (whole > logged + 1) {
      logged = whole - 1;
      const now = memories.map(
        ({ process, memory }) => `${process} ${memory.each(MINUTE)[logged - 1]?.toFixed(0)} MB`,
      );
      log(`  Minute ${logged}: ${now.join(', ')}`);
    }
  } while (await sleep(SAMPLE_EVERY, true, { signal: over }).catch(() => false));
}
