/** A part's tables as one SVG: a bar to the median, a line over the range. Readable on light and on dark. */
import { figureOf, format } from "./figures";
import type { BenchRow, BenchTable } from "./part";

const width = 760;
const margin = 16;
const namesEnd = 268;
const barsEnd = 612;
const rowHeight = 22;
const barHeight = 12;
const titleHeight = 30;
const gap = 14;

const style = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; }
  .page { fill: #ffffff; }
  .bar { fill: #a8b3bf; }
  .own { fill: #1f6feb; }
  .range { stroke: #1f2328; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .page { fill: #0d1117; }
    .bar { fill: #56606b; }
    .own { fill: #4493f8; }
    .range { stroke: #e6edf3; }
  }`;

export function chart(heading: string, tables: readonly BenchTable[]): string {
  let top = margin;
  const panels = tables.map((table) => {
    const drawn = panel(table, top);
    top += titleHeight + table.rows.length * rowHeight + gap;
    return drawn;
  });
  const height = top + margin - gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(heading)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function panel(table: BenchTable, top: number): string {
  const highest = Math.max(...table.rows.map((row) => figureOf(row)?.high ?? 0)) || 1;
  const scale = (value: number) => round(namesEnd + (value / highest) * (barsEnd - namesEnd));
  const title = [
    `<text class="title" x="${margin}" y="${top + 14}">${escaped(table.title)}`,
    `<tspan class="quiet" font-weight="400">  ${escaped(table.unit)}, ${table.better} is better</tspan></text>`,
  ].join("");
  return [title, ...table.rows.map((row, i) => bar(row, top + titleHeight + i * rowHeight, scale))].join("\n");
}

function bar(row: BenchRow, top: number, scale: (value: number) => number): string {
  const middle = top + barHeight / 2;
  const name = `<text x="${namesEnd - 8}" y="${middle + 4}" text-anchor="end">${escaped(row.name)}</text>`;
  const figure = figureOf(row);
  if (!figure) return `${name}<text class="quiet" x="${namesEnd}" y="${middle + 4}">absent</text>`;
  const { median, low, high } = figure;
  const length = Math.max(1, round(scale(median) - namesEnd));
  return [
    name,
    `<rect class="${row.name.startsWith("Rungs") ? "own" : "bar"}" x="${namesEnd}" y="${top}" width="${length}" height="${barHeight}"/>`,
    `<line class="range" x1="${scale(low)}" x2="${scale(high)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${Math.max(scale(high), namesEnd + length) + 8}" y="${middle + 4}">${format(median)}</text>`,
  ].join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
