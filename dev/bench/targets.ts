import type { Report } from './report.js';

interface Target {
  readonly what: string;
  readonly most: number;
  found(report: Report): number;
}

/** What an order may cost. CPU first: orders a second swing on a shared machine, CPU for each order hardly does. */
const TARGETS: readonly Target[] = [
  { what: 'CPU of an order over a bare workflow’s', most: 2, found: ({ cpuRatio }) => cpuRatio.median },
  { what: 'history events of an order', most: 60, found: ({ summary }) => summary.orders.events.median },
  { what: 'SQL statements of an order', most: 30, found: ({ statements }) => statements.median },
];

/** A line for each target. The figures are medians of the rounds, compared as measured, before rounding. */
export function targetLines(report: Report): string[] {
  const width = Math.max(...TARGETS.map(({ what }) => what.length));
  return TARGETS.map(({ what, most, found }) => {
    const value = found(report);
    const verdict = value <= most ? 'met' : 'MISSED';
    return `  ${verdict.padEnd(6)}  ${what.padEnd(width)}  ${value.toFixed(2)}, at most ${most}`;
  });
}
