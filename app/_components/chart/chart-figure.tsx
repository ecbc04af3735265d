"use client";

import { useRef, useState } from "react";
import { useTexts } from "@/app/_texts/use-texts";
import StepChart, { type StepChartProps } from "./step-chart";

interface ChartFigureProps extends StepChartProps {
  title: string;
  board: string;
}

/** A chart under its title, which can be saved as a picture. */
export default function ChartFigure({ title, board, ...chart }: ChartFigureProps) {
  const t = useTexts("chart");
  const figure = useRef<HTMLElement>(null);
  const [failed, setFailed] = useState(false);

  async function save() {
    const drawn = figure.current?.querySelector<SVGSVGElement>('[role="slider"] svg');
    if (!drawn) return;
    try {
      const { savePng } = await import("./save-png");
      await savePng(drawn, { title, board, series: chart.series });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }

  return (
    <figure ref={figure} className="card p-4 sm:p-6">
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-semibold text-xl">{title}</h2>
        <button
          type="button"
          className="button min-h-8 px-3 py-1 text-sm"
          aria-label={`${t("savePicture")}: ${title}`}
          onClick={() => void save()}
        >
          {t("savePicture")}
        </button>
        <p role="status" className={failed ? "w-full text-danger text-sm" : "sr-only"}>
          {failed && t("notSaved")}
        </p>
      </figcaption>
      <StepChart {...chart} />
    </figure>
  );
}
