import { useState } from "react";
import { useTexts } from "@/app/_texts/use-texts";
import { spread } from "@/lib/domain/thin";
import { type Series, valueAt } from "./series";

interface ChartTableProps {
  series: readonly Series[];
  label: string;
  /** The moments at which something changed. */
  changes: readonly number[];
  formatMoment(at: number): string;
  formatValue(value: number): string;
}

/** All points of one line; of several, so many of their moments, evenly chosen. */
const rowsMax = { one: 1_000, several: 200 };

/** The same as the lines tell, for those who do not see them. Made when it is opened. */
export function ChartTable({ series, label, changes, formatMoment, formatValue }: ChartTableProps) {
  const t = useTexts("chart");
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-3 text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit text-muted">{t("asTable")}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section aria-label={label} tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-lg border border-line">
          <table className="w-full text-left tabular-nums">
            <caption className="sr-only">{label}</caption>
            <thead className="sticky top-0 bg-sunken">
              <tr>
                <th scope="col" className="px-3 py-1.5 font-medium">
                  {t("time")}
                </th>
                {series.map((line) => (
                  <th key={line.id} scope="col" className="px-3 py-1.5 text-right font-medium">
                    <bdi>{line.label}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rowsOf(series, changes).map((at) => (
                <tr key={at} className="border-line border-t">
                  <th scope="row" className="whitespace-nowrap px-3 py-1 font-normal">
                    {formatMoment(at)}
                  </th>
                  {series.map(({ id, points }) => {
                    const value = valueAt(points, at);
                    return (
                      <td key={id} className="whitespace-nowrap px-3 py-1 text-right">
                        {value === null ? t("nothingYet") : formatValue(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function rowsOf(series: readonly Series[], changes: readonly number[]): number[] {
  const [only, ...others] = series;
  const moments = only && others.length === 0 ? [...new Set(only.points.map(([at]) => at))] : changes;
  const max = others.length === 0 ? rowsMax.one : rowsMax.several;
  if (moments.length <= max) return [...moments];
  return spread(0, moments.length - 1, max).flatMap((i) => moments[i] ?? []);
}
