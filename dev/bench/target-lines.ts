/** A figure that was measured, and what it may be. */
export interface Target {
  readonly what: string;
  readonly most: number;
  readonly found: number;
}

/** A line for each target. The figures are compared as measured, before rounding. */
export function targetLines(targets: readonly Target[]): string[] {
  const width = Math.max(...targets.map(({ what }) => what.length));
  return targets.map(({ what, most, found }) => {
    const verdict = found <= most ? 'met' : 'MISSED';
    return `  ${verdict.padEnd(6)}  ${what.padEnd(width)}  ${found.toFixed(2)}, at most ${most}`;
  });
}
