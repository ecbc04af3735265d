import { lazy, type ReactNode, Suspense } from "react";
import type { Formats } from "@/app/_components/board/formats";
import type { Obstacle } from "@/app/_hooks/use-look-back";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { PlayerHistory } from "@/lib/domain/history";

const Charts = lazy(() => import("./charts"));

interface PlayerHistoryChartsProps {
  board: BoardView;
  name: string;
  history: PlayerHistory | undefined;
  obstacle: Obstacle | null;
  formats: Formats;
}

/** Score and rank over time, or why they are not there. */
export function PlayerHistoryCharts({ board, name, history, obstacle, formats }: PlayerHistoryChartsProps) {
  const t = useTexts("player");
  if (!history) return <Notice>{obstacle ? t(obstacle) : null}</Notice>;
  return (
    <div className="flex flex-col gap-6">
      {!history.complete && <p className="text-muted">{t("incomplete")}</p>}
      {history.points.length < 2 && <Notice>{t("oneScore")}</Notice>}
      <Suspense fallback={<Notice>{null}</Notice>}>
        <Charts board={board} name={name} history={history} formats={formats} />
      </Suspense>
      {history.ranks === null && <Notice>{t("noRanks")}</Notice>}
    </div>
  );
}

/** Something to read in a chart's place. */
function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className={children === null ? "card min-h-96" : "card p-5 text-muted sm:p-6"}>
      {children}
    </p>
  );
}
