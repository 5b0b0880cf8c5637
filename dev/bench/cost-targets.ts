import type { Report } from './report.js';
import type { Target } from './closing-lines.js';

/**
 * What an order may cost, by the medians of the rounds. CPU first: orders a second swing on a shared machine, CPU for each
 * order hardly does.
 */
export const costTargets = ({ cpuRatio, answerRatio, summary, statements }: Report): readonly Target[] => [
  { what: 'CPU of an order over a bare workflow’s', most: 1.45, found: cpuRatio.median },
  { what: 'history events of an order', most: 36, found: summary.orders.events.median },
  { what: 'workflow tasks of an order', most: 6, found: summary.orders.workflowTasks.median },
  { what: 'SQL statements of an order', most: 18, found: statements.median },
  {
    what: 'p99 of POST /orders over that of a bare workflow.start',
    most: 2,
    found: answerRatio.median,
  },
];
