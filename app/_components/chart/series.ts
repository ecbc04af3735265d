import type { Point } from "@/lib/domain/history";

/** A line of a chart: what was so from each moment on. */
export interface Series {
  id: string;
  label: string;
  /** In the order of time. */
  points: readonly Point[];
  /** 0 to 9: which of the stable colours `--series-0` to `--series-9`. */
  color: number;
  dashed?: boolean;
}

export interface TimeSpan {
  from: number;
  until: number;
}

/** From the first moment of all lines to the last; with a minute around where there is but one. */
export function spanOf(series: readonly Series[], until = 0): TimeSpan {
  const firsts = series.flatMap(({ points }) => points[0]?.[0] ?? []);
  const lasts = series.flatMap(({ points }) => points.at(-1)?.[0] ?? []);
  const span = { from: Math.min(...firsts), until: Math.max(until, ...lasts) };
  if (!Number.isFinite(span.from)) return { from: 0, until: 1 };
  return span.until > span.from ? span : { from: span.from - 60_000, until: span.from + 60_000 };
}

/** What was so at a moment; null before the first. */
export function valueAt(points: readonly Point[], at: number): number | null {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.[1] ?? null;
}

/** Every moment at which something changed, once, in order; the span's end too. */
export function changesOf(series: readonly Series[], { until }: TimeSpan): number[] {
  const moments = new Set(series.flatMap(({ points }) => points.map(([at]) => at)));
  return [...moments.add(until)].sort((a, b) => a - b);
}

/** Where a key moves the cursor; undefined for a key that is none of the chart's. */
export function movedCursor(key: string, at: number, changes: readonly number[], span: TimeSpan): number | undefined {
  const leap = (span.until - span.from) / 10;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return changes.findLast((moment) => moment < at) ?? changes[0];
    case "ArrowRight":
    case "ArrowUp":
      return changes.find((moment) => moment > at) ?? changes.at(-1);
    case "PageDown":
      return Math.max(span.from, at - leap);
    case "PageUp":
      return Math.min(span.until, at + leap);
    case "Home":
      return changes[0];
    case "End":
      return changes.at(-1);
  }
  return undefined;
}
