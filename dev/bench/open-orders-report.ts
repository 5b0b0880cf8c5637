import { textTable } from '#libs/command/table';

import type { BenchRun } from './bench.js';
import { type Spread, spread } from './figures.js';
import { type Load, PARTS, partsOf } from './measured-parts.js';
import { OpenOrders, type OpenOrderCounts } from './open-orders.js';
import { ranged } from './ranged.js';
import { runRound } from './round.js';
import { inTurn, OF_THE_ROUNDS, ROUNDS } from './rounds.js';
import { type Summary, summaryOf } from './summary.js';
import { closingLines, type Target } from './closing-lines.js';

export interface OpenOrdersRun extends BenchRun {
  readonly openOrders: number;
  /** How many of them have a run at most. */
  readonly openRuns: number;
}

/** What an order costs while so many are open. */
export interface OpenOrdersLevel extends OpenOrderCounts {
  readonly orders: Summary;
  /** Measured in turn with them, on the same server: shows what the machine does to both. */
  readonly bare: Summary;
  readonly statements: Spread;
}

const COMPARED_WITH = 1_000;
const LOADS: readonly Load[] = ['orders', 'bare'];
/** For caches and connections, and for work that the open orders have left. */
const WARM_UP = 50;

/** Measures orders beside 1,000 open ones, then beside as many as asked for. */
export async function measureOpenOrders(run: OpenOrdersRun) {
  const { system, machine, orders, concurrency, openOrders, openRuns, stopping, log } = run;
  const open = new OpenOrders(run);
  const round = (load: Load, count: number) => runRound(system, { load, count, concurrency, stopping });
  const levels: OpenOrdersLevel[] = [];
  for (const count of [COMPARED_WITH, openOrders]) {
    const counts = await open.fillTo(count, openRuns);
    for (const load of LOADS) await round(load, Math.min(WARM_UP, orders));
    const rounds = await inTurn(LOADS, async (load, number) => {
      const measured = await round(load, orders);
      log(`  ${count} open, round ${number}, ${load}: ${measured.cpuTotal.toFixed(0)} ms of CPU each`);
      return measured;
    });
    const of = (load: Load) => rounds.filter((each) => each.load === load);
    levels.push({
      ...counts,
      orders: summaryOf('orders', of('orders')),
      bare: summaryOf('bare', of('bare')),
      statements: spread(of('orders').flatMap(({ statements }) => statements ?? [])),
    });
  }
  const report = { at: new Date().toISOString(), machine, orders, concurrency, levels };
  return { report, table: table(report) };
}

interface OpenOrdersReport extends Pick<OpenOrdersRun, 'machine' | 'orders' | 'concurrency'> {
  readonly levels: readonly OpenOrdersLevel[];
}

function table({ machine, orders, concurrency, levels }: OpenOrdersReport): string {
  const row = (what: string, of: (level: OpenOrdersLevel) => Spread | undefined) => {
    const values = levels.flatMap((level) => of(level) ?? []);
    const ratio = ratioOf(values);
    // A part without a process, as the engine has none, is left out.
    if (values.every(({ max }) => max === 0)) return [];
    return [[what, ...values.map((value) => ranged(value)), ratio.toFixed(2)]];
  };
  const cpu = levels.map(({ orders: each }) => each.cpu);
  const targets: Target[] = [
    { what: 'CPU of an order beside many open ones over beside 1000', most: 1.2, found: ratioOf(cpu) },
  ];
  return [
    `What an order costs while others are open: ${ROUNDS} rounds of ${orders} each, ${concurrency} at once.`,
    `${OF_THE_ROUNDS}; the ratio is that of the medians.`,
    '',
    textTable(
      ['open orders', ...levels.map(({ runs, rows }) => String(runs + rows)), 'ratio'],
      [
        ['  with a run at Temporal', ...levels.map(({ runs }) => String(runs))],
        ['  as rows in PostgreSQL only', ...levels.map(({ rows }) => String(rows))],
        ...row('CPU of an order, ms', ({ orders: each }) => each.cpu),
        ...partsOf('orders').flatMap((part) =>
          row(`  ${PARTS[part].title}`, ({ orders: each }) => each.cpuOf[part]),
        ),
        ...row('CPU of a bare workflow, ms', ({ bare }) => bare.cpu),
        ...row('SQL statements of an order', ({ statements }) => statements),
        ...row('POST /orders p99, ms', ({ orders: each }) => each.answered.p99),
      ],
    ),
    '',
    ...closingLines(targets, machine),
  ].join('\n');
}

/** The last median over the first. */
const ratioOf = (values: readonly Spread[]) =>
  (values.at(-1)?.median ?? Number.NaN) / (values[0]?.median ?? Number.NaN);
