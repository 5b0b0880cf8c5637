import type { Spread } from './figures.js';

/** The median, with the least and the greatest where they differ. */
export function ranged({ min, median, max }: Spread, digits = 1): string {
  const [least, middle, greatest] = [min, median, max].map((value) => value.toFixed(digits));
  return least === greatest ? `${middle}` : `${middle} (${least} – ${greatest})`;
}

/** Rows as lines, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly (string | undefined)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (cell ?? '').padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
