/** Rows under their columns' names, each column as wide as its widest cell, as a text for people. */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell = '', column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
