import { textTable } from '#libs/command/table';

import type { Spread } from './figures.js';
import type { Machine } from './machine.js';
import { machineLines } from './machine-lines.js';
import { ranged } from './ranged.js';
import { OF_THE_ROUNDS, ROUNDS } from './rounds.js';

/** All buyers want one product, or each another one. */
export const HOT_SKU_KINDS = ['one', 'many'] as const;
export type HotSkuKind = (typeof HOT_SKU_KINDS)[number];

export interface HotSkuRow {
  readonly kind: HotSkuKind;
  readonly perSecond: Spread;
  /** Milliseconds from when all began until a buyer's goods were reserved. */
  readonly p50: Spread;
  readonly p99: Spread;
  /** Attempts that failed, as a lock or a connection was waited for too long, and were repeated. */
  readonly repeated: Spread;
}

interface HotSkuReport {
  readonly machine: Machine;
  readonly buyers: number;
  readonly connections: number;
  readonly rows: readonly HotSkuRow[];
}

const NAMES: Readonly<Record<HotSkuKind, string>> = { one: 'one product', many: 'a product each' };

/** The report for a person. */
export function hotSkuTable({ machine, buyers, connections, rows }: HotSkuReport): string {
  const ratio = (rows[0]?.perSecond.median ?? Number.NaN) / (rows[1]?.perSecond.median ?? Number.NaN);
  return [
    `Reservations of ${buyers} buyers at once, over ${connections} connections of one process, as its workers' step makes them:`,
    `${ROUNDS} rounds in turn. ${OF_THE_ROUNDS}; times are from when all began.`,
    '',
    textTable(
      [`${buyers} buyers of`, 'reservations a second', 'p50, ms', 'p99, ms', 'attempts repeated'],
      rows.map(({ kind, perSecond, p50, p99, repeated }) => [
        NAMES[kind],
        ranged(perSecond, 0),
        ranged(p50, 0),
        ranged(p99, 0),
        ranged(repeated, 0),
      ]),
    ),
    '',
    `One product is reserved at ${ratio.toFixed(2)} of the rate of many: its row is locked by one order at a time.`,
    '',
    ...machineLines(machine),
  ].join('\n');
}
