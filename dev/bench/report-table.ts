import { textTable } from '#libs/command/table';

import type { Spread } from './figures.js';
import { ranged } from './ranged.js';
import { type Report, type Summary, titleOf } from './report.js';
import { PART_NAMES, type PartName } from './measured-parts.js';
import { targetLines } from './targets.js';

type Row = readonly [what: string, order: string, bare: string, ratio?: string];

/** The report for a person. Each figure is the median of the rounds, with the least and the greatest. */
export function reportTable(report: Report): string {
  const { summary, post, statements, cpuRatio, perSecondRatio } = report;
  const { orders, bare } = summary;
  const rows: Row[] = [
    ['CPU, ms each', ranged(orders.cpu), ranged(bare.cpu), ranged(cpuRatio, 2)],
    ...byTitle(
      (part, of) => of.cpuOf[part],
      summary,
      (value) => ranged(value),
    ),
    ['each second', ranged(orders.perSecond), ranged(bare.perSecond), ranged(perSecondRatio, 2)],
    ['history events', ranged(orders.events, 0), ranged(bare.events, 0)],
    ['SQL statements', ranged(statements), NONE],
    ['POST /orders p50, ms', ranged(post.p50), NONE],
    ['POST /orders p99, ms', ranged(post.p99), NONE],
    ['resident memory, MB', '', ''],
    ...byTitle(
      (part, of) => of.resident[part],
      summary,
      ({ max }) => (max / 1e6).toFixed(0),
    ),
  ];
  return [
    `An order, from POST /orders to order.closed, and a bare workflow of seven no-op activities and a signal:`,
    `${report.rounds.length / 2} rounds of ${report.orders} each, ${report.concurrency} at once, one after the other.`,
    'Median of the rounds (least – greatest); memory is the greatest.',
    '',
    textTable(['', 'order', 'bare workflow', 'order / bare'], rows),
    '',
    'Targets',
    ...targetLines(report),
    '',
    'Measured on',
    ...surroundings(report),
  ].join('\n');
}

function surroundings({ machine, versions, othersBusy, stolen, driving }: Report): string[] {
  return [
    `${machine.cores} × ${machine.cpu}, ${(machine.memory / 1e9).toFixed(0)} GB, ${machine.system}`,
    `Node ${versions.node}, PostgreSQL ${versions.postgres} (fsync as npm start has it), Temporal ${versions.temporal} dev server on a file`,
    `At the start: load ${machine.loadAtStart.toFixed(2)}, ${machine.otherNodes} other Node processes.`,
    `During the busiest round others used ${othersBusy.toFixed(2)} CPUs, and the host took ${stolen.toFixed(2)} away.`,
    `CPU is user and system time from /proc, of PostgreSQL with all backends. Not counted: the driver and the`,
    `sandbox, ${ranged(driving.orders)} ms an order, ${ranged(driving.bare)} ms a bare workflow.`,
    'Statements are pg_stat_statements’ calls, BEGIN and COMMIT included, background work of the worker, too.',
  ].map((line) => `  ${line}`);
}

const NONE = '–';

/** A row for each part; both workers have the same row. */
function byTitle(
  of: (part: PartName, summary: Summary) => Spread | undefined,
  summary: Report['summary'],
  shown: (value: Spread) => string,
): Row[] {
  const titles = [...new Set(PART_NAMES.map(titleOf))];
  return titles.flatMap((title): Row[] => {
    const parts = PART_NAMES.filter((part) => titleOf(part) === title);
    const cells = [summary.orders, summary.bare].map((each) => {
      const value = parts.map((part) => of(part, each)).find((found) => found !== undefined);
      return value === undefined ? NONE : shown(value);
    });
    return cells.every((cell) => cell === NONE) ? [] : [[`  ${title}`, cells[0] ?? NONE, cells[1] ?? NONE]];
  });
}
