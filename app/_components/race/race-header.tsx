import { Freshness } from "@/app/_components/board/freshness";
import { StatusPill } from "@/app/_components/board/status-pill";
import type { LiveView } from "@/app/_hooks/live-view";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";

interface RaceHeaderProps {
  board: BoardView;
  view: LiveView;
  verifiedAt: () => number;
  isNow: boolean;
}

export function RaceHeader({ board, view, verifiedAt, isNow }: RaceHeaderProps) {
  const t = useTexts("race");
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="font-bold text-3xl wrap-anywhere tracking-tight sm:text-4xl">
          {t.rich("headline", { board: <bdi>{board.name}</bdi> })}
        </h1>
        <p className="mt-1.5 text-muted">
          {t.rich("lead", {
            board: (
              <a href={`/boards/${board.id}`} className="link">
                {t("toBoard")}
              </a>
            ),
          })}
        </p>
      </div>
      {isNow ? (
        <div className="flex items-center gap-3">
          <StatusPill status={view.status} />
          <Freshness verifiedAt={verifiedAt} />
        </div>
      ) : (
        <span className="rounded-full bg-sunken px-3 py-1 font-semibold text-muted text-sm">{t("past")}</span>
      )}
    </header>
  );
}
