import { textTable } from '#libs/command/table';

import type { Engine } from './bench-command.js';
import type { Spread } from './figures.js';
import { ranged } from './ranged.js';
import { type Report, titleOf } from './report.js';
import type { Summary } from './summary.js';
import { PART_NAMES, type PartName } from './measured-parts.js';
import { OF_THE_ROUNDS } from './rounds.js';
import { costTargets } from './cost-targets.js';
import { closingLines } from './closing-lines.js';

type Row = readonly [what: string, order: string, bare: string, ratio?: string];

/** The report for a person. Each figure is the median of the rounds, with the least and the greatest. */
export function reportTable(report: Report): string {
  const { summary, statements, cpuRatio, perSecondRatio, answerRatio } = report;
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
    ['workflow tasks', ranged(orders.workflowTasks, 0), ranged(bare.workflowTasks, 0)],
    ['SQL statements', ranged(statements), NONE],
    ['first answer p50, ms', ranged(orders.answered.p50), ranged(bare.answered.p50)],
    ['first answer p99, ms', ranged(orders.answered.p99), ranged(bare.answered.p99), ranged(answerRatio, 2)],
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
    `${OF_THE_ROUNDS}; memory is the greatest.`,
    'The first answer is that to POST /orders, or to the bare workflow’s start.',
    '',
    textTable(['', 'order', 'bare workflow', 'order / bare'], rows),
    '',
    ...closingLines(costTargets(report), report.machine),
    ...surroundings(report),
  ].join('\n');
}

function surroundings({ versions, engine, othersBusy, stolen, driving }: Report): string[] {
  return [
    `Node ${versions.node}, PostgreSQL ${versions.postgres} (fsync as npm start has it), Temporal ${versions.temporal} ${ENGINE_NAMES[engine]}`,
    `During the busiest round others used ${othersBusy.toFixed(2)} CPUs, and the host took ${stolen.toFixed(2)} away.`,
    `CPU is user and system time from /proc, of PostgreSQL with all backends. Not counted: the driver and the`,
    `sandbox, ${ranged(driving.orders)} ms an order, ${ranged(driving.bare)} ms a bare workflow.`,
    'Statements are pg_stat_statements’ calls, BEGIN and COMMIT included, background work of the worker, too.',
  ].map((line) => `  ${line}`);
}

const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  dev: 'dev server on a file',
  postgres: 'on a PostgreSQL of its own (fsync, too)',
};

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
      // A part without a process, as the engine has none, is left out.
      return value === undefined || value.max === 0 ? NONE : shown(value);
    });
    return cells.every((cell) => cell === NONE) ? [] : [[`  ${title}`, cells[0] ?? NONE, cells[1] ?? NONE]];
  });
}
