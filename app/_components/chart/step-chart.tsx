"use client";

import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTexts } from "@/app/_texts/use-texts";
import { ChartLegend } from "./chart-legend";
import { ChartTable } from "./chart-table";
import { makePlot, type Plot } from "./plot";
import { PlotLines, seriesColor } from "./plot-lines";
import { changesOf, movedCursor, type Series, spanOf, valueAt } from "./series";
import { momentFormat } from "./time-axis";

export interface StepChartProps {
  /** In the order in which they are told; each id once. */
  series: readonly Series[];
  /** Accessible name. */
  label: string;
  formatValue(value: number): string;
  /** Small values on top, as with ranks. */
  invert?: boolean;
  /** By powers of ten, where all values are above 0. */
  logarithmic?: boolean;
  /** A moment marked by a line, unless the viewer points at another. */
  cursor?: number | null;
  /** Told where the viewer points; null when no longer anywhere. */
  onCursor?(at: number | null): void;
  /** Id of a line that stands out. */
  highlighted?: string | null;
  /** The lines go on at least until then. */
  until?: number;
  /** Pixels. */
  height?: number;
  /** In place of the chart's own. */
  legend?: ReactNode;
}

/** So many lines are told of at the cursor, to screen readers. */
const toldMax = 5;

/** Steps over time as SVG, which follows the theme by itself. Made in the browser only, for its time zone and its width. */
export default function StepChart(props: StepChartProps) {
  const { series, label, formatValue, invert = false, logarithmic = false, highlighted = null, height = 280 } = props;
  const { cursor = null, until, onCursor, legend } = props;
  const { locale } = useTexts("chart");
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [pointed, setPointed] = useState<number | null>(null);
  const span = useMemo(() => spanOf(series, until), [series, until]);
  const changes = useMemo(() => changesOf(series, span), [series, span]);
  const formatMoment = useMemo(() => momentFormat(locale), [locale]);
  const plot = useMemo(
    () => makePlot({ series, span, width, height, locale, formatValue, invert, logarithmic }),
    [series, span, width, height, locale, formatValue, invert, logarithmic],
  );
  const marked = pointed ?? cursor;
  const shownAt = Math.min(Math.max(marked ?? span.until, span.from), span.until);

  function point(at: number | null) {
    setPointed(at);
    onCursor?.(at);
  }

  function onPointer(event: PointerEvent<HTMLDivElement>) {
    point(plot.at(event.clientX - event.currentTarget.getBoundingClientRect().left));
  }

  function onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return point(null);
    const at = movedCursor(event.key, shownAt, changes, span);
    if (at === undefined) return;
    event.preventDefault();
    point(at);
  }

  return (
    <div className="min-w-0">
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={span.from}
        aria-valuemax={span.until}
        aria-valuenow={shownAt}
        aria-valuetext={saidAt({ series, highlighted, formatValue, at: shownAt, moment: formatMoment(shownAt) })}
        className="relative cursor-crosshair touch-pan-y overflow-clip bg-surface"
        style={{ height }}
        onKeyDown={onKey}
        onBlur={() => point(null)}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerLeave={({ pointerType }) => pointerType === "mouse" && point(null)}
      >
        {width > 0 && (
          <svg aria-hidden="true" width={width} height={height} className="absolute inset-0">
            <PlotLines series={series} plot={plot} highlighted={highlighted} />
            {marked !== null && <Cursor series={series} plot={plot} at={shownAt} />}
          </svg>
        )}
      </div>
      {legend ?? (
        <ChartLegend
          series={series}
          at={shownAt}
          moment={formatMoment(shownAt)}
          formatValue={formatValue}
          highlighted={highlighted}
        />
      )}
      <ChartTable
        series={series}
        label={label}
        changes={changes}
        formatMoment={formatMoment}
        formatValue={formatValue}
      />
    </div>
  );
}

function Cursor({ series, plot, at }: { series: readonly Series[]; plot: Plot; at: number }) {
  const x = plot.x(at);
  return (
    <g data-cursor>
      <line x1={x} x2={x} y1={plot.top} y2={plot.bottom} className="stroke-ink" />
      {series.map(({ id, points, color }) => {
        const value = valueAt(points, at);
        if (value === null) return null;
        return (
          <circle
            key={id}
            cx={x}
            cy={plot.y(value)}
            r={5}
            strokeWidth={2}
            className="stroke-surface"
            style={{ fill: seriesColor(color) }}
          />
        );
      })}
    </g>
  );
}

interface Said extends Pick<StepChartProps, "series" | "formatValue"> {
  highlighted: string | null;
  at: number;
  moment: string;
}

function saidAt({ series, highlighted, formatValue, at, moment }: Said): string {
  const told = highlighted === null ? series.slice(0, toldMax) : series.filter(({ id }) => id === highlighted);
  const values = told.flatMap(({ label, points }) => {
    const value = valueAt(points, at);
    return value === null ? [] : [`${label} ${formatValue(value)}`];
  });
  return [moment, ...values].join(", ");
}

/** Of the element, whatever changes it; 0 until it is known. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
