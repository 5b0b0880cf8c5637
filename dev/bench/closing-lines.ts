import type { Machine } from './machine.js';
import { machineLines } from './machine-lines.js';

/** A figure that was measured, and what it may be. */
export interface Target {
  readonly what: string;
  readonly most: number;
  readonly found: number;
}

/** How a report ends: whether each target was met, and where it was measured. */
export function closingLines(targets: readonly Target[], machine: Machine): string[] {
  return ['Targets', ...targetLines(targets), '', ...machineLines(machine)];
}

/** A line for each target. The figures are compared as measured, before rounding. */
function targetLines(targets: readonly Target[]): string[] {
  const width = Math.max(...targets.map(({ what }) => what.length));
  return targets.map(({ what, most, found }) => {
    const verdict = found <= most ? 'met' : 'MISSED';
    return `  ${verdict.padEnd(6)}  ${what.padEnd(width)}  ${found.toFixed(2)}, at most ${most}`;
  });
}
