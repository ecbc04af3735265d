import { useMemo, useState } from "react";
import type { Formats } from "@/app/_components/board/formats";
import ChartFigure from "@/app/_components/chart/chart-figure";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { PlayerHistory, Point } from "@/lib/domain/history";

interface ChartsProps {
  board: BoardView;
  name: string;
  history: PlayerHistory;
  formats: Formats;
}

/** Ranks further down than this are told by powers of ten, so that the first places do not lie on each other. */
const linearRanksMax = 100;

/** Score and rank of one player over the same time, with one cursor for both. */
export default function Charts({ board, name, history, formats }: ChartsProps) {
  const t = useTexts("player");
  const tBoard = useTexts("board");
  const [cursor, setCursor] = useState<number | null>(null);
  const { points, ranks } = history;
  const scores = useMemo(() => [{ id: "score", label: tBoard("score"), points, color: 0 }], [points, tBoard]);
  const places = useMemo(() => [{ id: "rank", label: tBoard("rank"), points: ranks ?? [], color: 1 }], [ranks, tBoard]);
  const shared = { cursor, onCursor: setCursor, until: Math.max(lastOf(points), lastOf(ranks ?? [])) };
  const worst = (ranks ?? []).reduce((most, [, rank]) => Math.max(most, rank), 0);
  return (
    <>
      {points.length > 1 && (
        <ChartFigure
          {...shared}
          title={t("score")}
          board={`${name}, ${board.name}`}
          label={t("score")}
          series={scores}
          formatValue={formats.score}
          invert={board.order === "asc"}
        />
      )}
      {ranks && ranks.length > 1 && (
        <ChartFigure
          {...shared}
          title={t("rank")}
          board={`${name}, ${board.name}`}
          label={t("rank")}
          series={places}
          formatValue={formats.whole}
          invert
          logarithmic={worst > linearRanksMax}
        />
      )}
    </>
  );
}

function lastOf(points: readonly Point[]): number {
  return points.at(-1)?.[0] ?? 0;
}
