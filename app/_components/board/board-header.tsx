import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { Formats } from "./formats";
import { Freshness } from "./freshness";
import { StatusPill } from "./status-pill";

interface BoardHeaderProps {
  board: BoardView;
  total: number;
  status: ConnectionStatus;
  formats: Formats;
  verifiedAt: () => number;
}

export function BoardHeader({ board, total, status, formats, verifiedAt }: BoardHeaderProps) {
  const t = useTexts("board");
  const number = <span className="font-medium text-ink tabular-nums">{formats.whole(total)}</span>;
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="font-bold text-3xl wrap-anywhere tracking-tight sm:text-4xl">
          <bdi>{board.name}</bdi>
        </h1>
        <p className="mt-1.5 text-muted">
          {t.rich("players", { count: total, number })}
          <span aria-hidden="true"> · </span>
          <span className="sr-only">, </span>
          {t(`order.${board.order}`)}, {t(`counts.${board.operator}`)}
        </p>
      </div>
      <div className="flex items-center gap-3">
        <StatusPill status={status} />
        <Freshness verifiedAt={verifiedAt} />
      </div>
    </header>
  );
}
