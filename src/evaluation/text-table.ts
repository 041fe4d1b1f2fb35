/**
 * Lays rows out in columns, the first to the left, the others to the right.
 * @returns one line a row, without trailing blanks.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = (widths[column] ?? 0) + cell.length - [...cell].length;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
