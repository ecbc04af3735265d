"use client";

import { lazy, Suspense, useMemo, useState } from "react";
import type { Formats } from "@/app/_components/board/formats";
import type { Series } from "@/app/_components/chart/series";
import { useInBrowser } from "@/app/_hooks/use-in-browser";
import { useNow } from "@/app/_hooks/use-now";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { Race, Timeline } from "@/lib/domain/history";
import type { Entry } from "@/lib/domain/snapshot";
import { assignColors, type Colors } from "./colors";
import { RaceLegend } from "./race-legend";
import { endOf, racersAt } from "./race-lines";
import type { MomentText } from "./use-moment-text";

/** Drawn in the browser only, which knows its width and the viewer's time zone. */
const ChartFigure = lazy(() => import("@/app/_components/chart/chart-figure"));

interface FigureProps {
  board: BoardView;
  race: Race;
  timeline: Timeline;
  /** The moment shown below; null for now. */
  time: number | null;
  /** The board at that moment; null while it is not known. */
  entries: readonly Entry[] | null;
  /** A player whose line stands out. */
  player: string | null;
  formats: Formats;
  /** When the server wrote the page. */
  asOf: number;
  momentText: MomentText;
  onPick(at: number): void;
}

interface RaceChartProps extends Omit<FigureProps, "race" | "timeline"> {
  /** Null while they are not known. */
  race: Race | null;
  timeline: Timeline | null;
}

export function RaceChart({ race, timeline, ...props }: RaceChartProps) {
  const inBrowser = useInBrowser();
  // So that nothing jumps when it comes.
  const room = <div className="card min-h-220 sm:min-h-166" />;
  if (!inBrowser || !timeline || !race?.players.length) return room;
  return (
    <Suspense fallback={room}>
      <Figure {...props} race={race} timeline={timeline} />
    </Suspense>
  );
}

function Figure({ board, race, timeline, time, entries, player, formats, asOf, momentText, onPick }: FigureProps) {
  const t = useTexts("race");
  const [pointed, setPointed] = useState<number | null>(null);
  const colors = useColors(race);
  const series = useMemo(() => seriesOf(race, colors), [race, colors]);
  const now = useNow(asOf, 10_000);
  const at = pointed ?? time;
  const ranks = useMemo(() => entries && new Map(entries.map((entry) => [entry.player, entry.rank])), [entries]);
  const known = pointed === null ? ranks : null;
  const racers = racersAt(race, at, board.order, known);
  const { highlighted, ...highlight } = useHighlight(
    racers.map((racer) => racer.player),
    player,
  );
  const legend = (
    <RaceLegend
      {...highlight}
      title={at === null ? t("leaders") : t("leadersThen", { time: momentText(at) })}
      racers={racers}
      colors={colors}
      ranks={known}
      formats={formats}
      highlighted={highlighted}
    />
  );

  /** On the chart, not on what is around it. */
  function pick(target: EventTarget) {
    if (pointed !== null && target instanceof Element && target.closest('[role="slider"]')) onPick(pointed);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the chart inside takes the focus
    <div onClick={({ target }) => pick(target)} onKeyDown={({ key, target }) => key === "Enter" && pick(target)}>
      <ChartFigure
        title={t("lines")}
        board={board.name}
        series={series}
        label={t("chart", { count: race.players.length })}
        formatValue={formats.score}
        invert={board.order === "asc"}
        cursor={time}
        onCursor={setPointed}
        highlighted={highlighted}
        until={endOf(Date.parse(timeline.from ?? ""), Date.parse(timeline.to ?? ""), now)}
        height={320}
        legend={legend}
      />
    </div>
  );
}

function seriesOf({ players }: Race, colors: Colors): Series[] {
  return players.map(({ player, name, points }) => {
    return { id: player, label: name, points, color: colors.get(player) ?? 0 };
  });
}

/** Players keep their colours while they are among those who lead. */
function useColors({ players }: Race): Colors {
  const ids = players.map(({ player }) => player);
  const [colors, setColors] = useState(() => assignColors(ids, new Map()));
  if (ids.length === colors.size && ids.every((id) => colors.has(id))) return colors;
  const next = assignColors(ids, colors);
  setColors(next);
  return next;
}

/** Whose line stands out: whom somebody points at, else has picked, else watches. */
function useHighlight(players: readonly string[], watched: string | null) {
  const [place, setPlace] = useState<number | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);
  const wishes = [players[place ?? -1], pinned, watched];
  return {
    highlighted: wishes.find((wish) => wish && players.includes(wish)) ?? null,
    pinned,
    onPlace: setPlace,
    onPin: (player: string) => setPinned(player === pinned ? null : player),
  };
}
