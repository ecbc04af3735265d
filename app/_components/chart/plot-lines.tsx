import { memo } from "react";
import { dotsPath, type Plot, spreadApart, stepPath, textX } from "./plot";
import type { Series } from "./series";

interface PlotLinesProps {
  series: readonly Series[];
  plot: Plot;
  highlighted: string | null;
}

/** Each point gets a dot while there are so few of them. */
const dotsMax = 40;
const nameGapPx = 15;
const nameCharactersMax = 18;

/** Axes, lines and their names: all that a moving cursor leaves as it is. */
export const PlotLines = memo(function PlotLines({ series, plot, highlighted }: PlotLinesProps) {
  return (
    <>
      <Axes plot={plot} />
      {inFrontLast(series, highlighted).map((line) => (
        <Line key={line.id} line={line} plot={plot} {...weightOf(line, highlighted)} />
      ))}
      {plot.named && <Names series={series} plot={plot} highlighted={highlighted} />}
    </>
  );
});

function Axes({ plot }: { plot: Plot }) {
  const { left, right, top, bottom, x, y } = plot;
  return (
    <g className="fill-muted text-xs tabular-nums">
      {plot.values.map(({ value, label }) => (
        <g key={value}>
          <line x1={left} x2={right} y1={y(value)} y2={y(value)} className="stroke-line" />
          <text x={left - 8} y={y(value) + 4} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      {plot.times.map(({ at, label, under }) => (
        <g key={at}>
          <line x1={x(at)} x2={x(at)} y1={bottom} y2={bottom + 5} className="stroke-line-strong" />
          <text x={textX(plot, at, label)} y={bottom + 18} textAnchor="middle">
            {label}
          </text>
          {under !== null && (
            <text x={textX(plot, at, under)} y={bottom + 33} textAnchor="middle">
              {under}
            </text>
          )}
        </g>
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} className="stroke-line-strong" />
      <line x1={left} x2={left} y1={top} y2={bottom} className="stroke-line" />
    </g>
  );
}

interface LineProps {
  line: Series;
  plot: Plot;
  width: number;
  opacity: number;
}

function Line({ line, plot, width, opacity }: LineProps) {
  const { points, color, dashed } = line;
  return (
    <g data-series={line.id} style={{ color: seriesColor(color) }} opacity={opacity}>
      <path
        d={stepPath(points, plot)}
        fill="none"
        stroke="currentColor"
        strokeWidth={width}
        strokeLinejoin="round"
        strokeDasharray={dashed ? "7 4" : undefined}
      />
      {points.length <= dotsMax && (
        <path
          d={dotsPath(points, plot)}
          fill="none"
          stroke="currentColor"
          strokeWidth={2 * width + 2}
          strokeLinecap="round"
        />
      )}
    </g>
  );
}

/** So that colour is not all that tells lines apart. */
function Names({ series, plot, highlighted }: PlotLinesProps) {
  const ends = series.map(({ points }) => plot.y(points.at(-1)?.[1] ?? 0));
  const places = spreadApart(ends, nameGapPx, plot.top, plot.bottom);
  return (
    <g className="text-xs">
      {series.map((line, i) => (
        <text
          key={line.id}
          x={plot.right + 8}
          y={(places[i] ?? 0) + 4}
          className={`fill-ink ${line.id === highlighted ? "font-bold" : ""}`}
        >
          {short(line.label)}
        </text>
      ))}
    </g>
  );
}

export function seriesColor(color: number): string {
  return `var(--series-${color})`;
}

function weightOf({ id }: Series, highlighted: string | null): { width: number; opacity: number } {
  if (highlighted === null) return { width: 2, opacity: 1 };
  return id === highlighted ? { width: 3.5, opacity: 1 } : { width: 2, opacity: 0.5 };
}

function inFrontLast(series: readonly Series[], highlighted: string | null): Series[] {
  return [...series].sort((a, b) => Number(a.id === highlighted) - Number(b.id === highlighted));
}

function short(label: string): string {
  const characters = [...label];
  return characters.length > nameCharactersMax ? `${characters.slice(0, nameCharactersMax - 1).join("")}…` : label;
}
