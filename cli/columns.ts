/** Rows under headings, each column as wide as its widest cell. */
export function table(headings: string[], rows: string[][]): string {
  const widths = headings.map((heading, i) => Math.max(...[heading, ...rows.map((row) => row[i] ?? "")].map(width)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd();
  return [headings, ...rows].map(line).join("\n");
}

/** How many columns of a terminal the text takes; East Asian characters and emoji take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** Cuts to at most `columns` columns. */
export function cutToWidth(text: string, columns: number): string {
  let used = 0;
  let fitting = "";
  for (const character of text) {
    used += characterWidth(character);
    if (used > columns) return fitting;
    fitting += character;
  }
  return fitting;
}

function characterWidth(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}
