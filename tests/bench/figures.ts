/** What samples come to, and whether targets are met. */
import type { BenchRow, BenchTable, Target } from "./part";

export interface Figure {
  median: number;
  low: number;
  high: number;
}

/** Null for a row without samples. */
export function figureOf({ samples }: BenchRow): Figure | null {
  if (samples.length === 0) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, low: at(0), high: at(sorted.length - 1) };
}

/** What the targets compare with, in the order of their first use. */
export function basesOf({ targets }: BenchTable): string[] {
  return [...new Set(targets.flatMap(({ to }) => to ?? []))];
}

/** How many times the base a row is; null where one of them has no samples. */
export function ratio(table: BenchTable, of: string, to: string): number | null {
  const [above, below] = [medianOf(table, of), medianOf(table, to)];
  return above === null || below === null || below === 0 ? null : above / below;
}

export interface Verdict {
  target: Target;
  /** Null: could not be judged. */
  met: boolean | null;
  /** Such as `met 0.93 >= 0.9`. */
  text: string;
}

export function judge(table: BenchTable, target: Target): Verdict {
  const { of, to, bound, ratio: limit } = target;
  const sign = bound === "at least" ? ">=" : "<=";
  const value = to === null ? medianOf(table, of) : ratio(table, of, to);
  if (value === null) return { target, met: null, text: `not judged (${sign} ${limit})` };
  const met = bound === "at least" ? value >= limit : value <= limit;
  return { target, met, text: `${met ? "met" : "missed"} ${format(value)} ${sign} ${limit}` };
}

/** Such as `Rungs / bare node:http`. */
export function subjectOf({ of, to }: Target, unit: string): string {
  return to === null ? `${of}, ${unit}` : `${of} / ${to}`;
}

export function format(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

export function formatRatio(value: number): string {
  return value >= 100 ? format(value) : value.toFixed(2);
}

function medianOf(table: BenchTable, name: string): number | null {
  const row = table.rows.find((one) => one.name === name);
  if (!row) throw new Error(`the table "${table.title}" has a target for "${name}", but no such row`);
  return figureOf(row)?.median ?? null;
}
