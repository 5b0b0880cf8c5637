/** Rows under their titles, each column as wide as its widest cell. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler = ' ') =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0, filler))
      .join('  ')
      .trimEnd();
  const rule = titles.map(() => '');
  return [line(titles), line(rule, '─'), ...rows.map((row) => line(row))];
}
