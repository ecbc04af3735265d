import { basesOf, figureOf, format, formatRatio, judge, ratio, subjectOf } from "./figures";
import type { BenchTable } from "./part";

/** A table for a terminal: a line for each contender, then what became of the targets, then notes. */
export function printTable(table: BenchTable): void {
  const { title, unit, better, rows, targets, notes } = table;
  const bases = basesOf(table);
  const nameWidth = Math.max(24, ...rows.map(({ name }) => name.length)) + 2;
  const lines = rows.map((row) => {
    const figure = figureOf(row);
    if (!figure) return `  ${row.name.padEnd(nameWidth)} absent: ${row.absent ?? "no samples"}`;
    const range = `${format(figure.low)} to ${format(figure.high)}`;
    const ratios = bases.map((base) => {
      const times = ratio(table, row.name, base);
      return `  ${times === null ? "-" : formatRatio(times)} x ${base}`;
    });
    return `  ${row.name.padEnd(nameWidth)} ${format(figure.median).padStart(9)} ${unit}  (${range})${ratios.join("")}`;
  });
  const verdicts = targets.map((target) => `  ${judge(table, target).text}: ${subjectOf(target, unit)}`);
  const remarks = notes.map((note) => `  Note: ${note}`);
  const text = [`\n${title}  [${unit}, ${better} is better]`, ...lines, ...verdicts, ...remarks].join("\n");
  process.stdout.write(`${text}\n`);
}
