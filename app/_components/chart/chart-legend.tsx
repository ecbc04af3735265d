import { useTexts } from "@/app/_texts/use-texts";
import { seriesColor } from "./plot-lines";
import { type Series, valueAt } from "./series";

interface ChartLegendProps {
  series: readonly Series[];
  /** The moment whose values it tells, and that in words. */
  at: number;
  moment: string;
  formatValue(value: number): string;
  highlighted: string | null;
}

/** Which line is whose, and the values at the cursor. */
export function ChartLegend({ series, at, moment, formatValue, highlighted }: ChartLegendProps) {
  const t = useTexts("chart");
  return (
    <div className="mt-2 flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm tabular-nums">
      <p className="text-muted">{moment}</p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {series.map(({ id, label, points, color, dashed }) => {
          const value = valueAt(points, at);
          return (
            <li key={id} className={`flex max-w-full items-center gap-2 ${id === highlighted ? "font-bold" : ""}`}>
              <svg aria-hidden="true" width="18" height="4" className="shrink-0" style={{ color: seriesColor(color) }}>
                <line
                  x2="18"
                  y1="2"
                  y2="2"
                  stroke="currentColor"
                  strokeWidth="4"
                  strokeDasharray={dashed ? "7 4" : ""}
                />
              </svg>
              <bdi className="truncate" title={label}>
                {label}
              </bdi>
              <span className="font-semibold">{value === null ? t("nothingYet") : formatValue(value)}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
