/** The geometry of a chart: from moments and values to pixels. Pure. */
import type { Point } from "@/lib/domain/history";
import type { Series, TimeSpan } from "./series";
import { type TimeTick, timeTicks } from "./time-axis";
import { extentOf, valueScale } from "./value-scale";

export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x(at: number): number;
  y(value: number): number;
  /** The moment at a place, kept inside the chart. */
  at(x: number): number;
  times: readonly TimeTick[];
  values: readonly { value: number; label: string }[];
  /** Whether there is room for names at the ends of the lines. */
  named: boolean;
}

export interface PlotInput {
  series: readonly Series[];
  span: TimeSpan;
  width: number;
  height: number;
  locale: string;
  formatValue(value: number): string;
  invert: boolean;
  logarithmic: boolean;
}

const margin = { top: 14, right: 16, bottom: 40 };
/** Room for a step on each axis, and for a character of small text. */
const stepPx = { x: 92, y: 44 };
const characterPx = 7;
const namesFromPx = 600;
const namesPx = 136;

export function makePlot({ series, span, width, height, locale, formatValue, invert, logarithmic }: PlotInput): Plot {
  const bottom = height - margin.bottom;
  const scale = valueScale(extentOf(series), Math.floor((bottom - margin.top) / stepPx.y), {
    logarithmic,
    fromOne: invert,
  });
  const values = scale.ticks.map((value) => ({ value, label: formatValue(value) }));
  const longest = Math.max(...values.map(({ label }) => label.length));
  const named = series.length > 1 && width >= namesFromPx;
  const left = Math.min(longest * characterPx + 14, width * 0.4);
  const right = width - margin.right - (named ? namesPx : 0);
  const perMs = (right - left) / (span.until - span.from);
  return {
    left,
    right,
    top: margin.top,
    bottom,
    x: (at) => left + (at - span.from) * perMs,
    y: (value) => {
      const share = scale.share(value);
      return margin.top + (invert ? share : 1 - share) * (bottom - margin.top);
    },
    at: (x) => Math.round(span.from + (Math.min(Math.max(x, left), right) - left) / perMs),
    times: timeTicks(span.from, span.until, Math.floor((right - left) / stepPx.x), locale),
    values,
    named,
  };
}

/** Where the middle of a text under a moment is: below it, but inside of the picture. */
export function textX({ x, right }: Pick<Plot, "x" | "right">, at: number, text: string): number {
  const half = (text.length * characterPx) / 2;
  return Math.max(half, Math.min(x(at), right + margin.right - half));
}

/** A line that keeps each value until the next, and the last to the end. */
export function stepPath(points: readonly Point[], { x, y, right }: Pick<Plot, "x" | "y" | "right">): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const steps = rest.map(([at, value]) => `H${round(x(at))}V${round(y(value))}`);
  return `M${round(x(first[0]))} ${round(y(first[1]))}${steps.join("")}H${round(right)}`;
}

/** Lines without length, which round ends make dots. */
export function dotsPath(points: readonly Point[], { x, y }: Pick<Plot, "x" | "y">): string {
  return points.map(([at, value]) => `M${round(x(at))} ${round(y(value))}h0`).join("");
}

/** Moves what is too close to each other apart, in the same order. */
export function spreadApart(wished: readonly number[], gap: number, min: number, max: number): number[] {
  const order = wished.map((_, i) => i).sort((a, b) => (wished[a] ?? 0) - (wished[b] ?? 0));
  const places = [...wished];
  let lowest = min;
  for (const i of order) {
    places[i] = Math.max(places[i] ?? 0, lowest);
    lowest = (places[i] ?? 0) + gap;
  }
  let highest = max;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i] ?? 0, highest);
    highest = (places[i] ?? 0) - gap;
  }
  return places;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
