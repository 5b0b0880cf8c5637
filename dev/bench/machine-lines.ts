import type { Machine } from './machine.js';

/** The machine on which the figures were measured, for people. */
export const machineLines = ({ cores, cpu, memory, system, loadAtStart, otherNodes }: Machine): string[] => [
  'Measured on',
  `  ${cores} × ${cpu}, ${(memory / 1e9).toFixed(0)} GB, ${system}`,
  `  At the start: load ${loadAtStart.toFixed(2)}, ${otherNodes} other Node processes.`,
];
