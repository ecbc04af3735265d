/** A table in Markdown, to be read in a terminal and pasted into a page. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => "-"), ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? "").padEnd(width, row[i] === "-" ? "-" : " ")).join(" | ")} |`;
  return all.map(line).join("\n");
}
