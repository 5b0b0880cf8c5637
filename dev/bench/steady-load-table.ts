import { textTable } from '#libs/command/table';

import type { Engine } from './bench-command.js';
import type { Machine } from './machine.js';
import type { MemoryChange } from './memory.js';
import { closingLines, type Target } from './closing-lines.js';

export interface SteadyLoadReport {
  readonly machine: Machine;
  readonly engine: Engine;
  readonly minutes: number;
  /** Orders a second. */
  readonly rate: number;
  readonly at: string;
  readonly orders: number;
  /** The most orders that were in progress at once. */
  readonly mostInProgress: number;
  /** Milliseconds. */
  readonly post: { readonly p50: number; readonly p99: number };
  /** Milliseconds after which memory may no longer grow. */
  readonly settledAfter: number;
  readonly memory: readonly {
    readonly process: string;
    /** Megabytes, by minute. */
    readonly each: readonly number[];
    readonly change: MemoryChange;
  }[];
}

/** Percent. It may fall: a heap is made smaller where it has room. */
const MOST_GROWTH = 5;

/** The report for a person. */
export function steadyLoadTable(report: SteadyLoadReport): string {
  const { machine, minutes, rate, orders, mostInProgress, post, settledAfter, memory } = report;
  const percent = (ratio: number) => (ratio - 1) * 100;
  const settled = (settledAfter / 60_000).toFixed(1);
  const targets = memory.map(({ process, change }): Target => ({
    what: `change of the ${process}’s memory after ${settled} minutes, %`,
    most: MOST_GROWTH,
    found: percent(change.ratio),
  }));
  const longest = Math.max(...memory.map(({ each }) => each.length));
  return [
    `${orders} orders in ${minutes} minutes, ${rate} a second, each to order.closed; at most ${mostInProgress} in progress at once.`,
    `POST /orders: p50 ${post.p50.toFixed(1)} ms, p99 ${post.p99.toFixed(1)} ms. Resident memory, MB, median of each minute:`,
    '',
    textTable(
      ['minute', ...memory.map(({ process }) => process)],
      Array.from({ length: longest }, (_, index) => [
        String(index + 1),
        ...memory.map(({ each }) => each[index]?.toFixed(0)),
      ]),
    ),
    '',
    `The change is that from the first to the last quarter of what was read after ${settled} minutes:`,
    ...memory.map(
      ({ process, change: { from, to } }) => `  ${process}: from ${from.toFixed(0)} to ${to.toFixed(0)} MB`,
    ),
    '',
    ...closingLines(targets, machine),
  ].join('\n');
}
