import { memo, type ReactNode } from "react";
import { createFormats } from "@/app/_components/board/formats";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardSummary } from "@/lib/domain/board-list";
import type { Entry } from "@/lib/domain/snapshot";

interface BoardCardProps {
  board: BoardSummary;
  live: boolean;
  /** How long ago it changed; null when it never has. */
  changed: string | null;
}

/** Every line is there whatever is known, so that nothing moves when something becomes known. */
export const BoardCard = memo(function BoardCard({ board, live, changed }: BoardCardProps) {
  const t = useTexts("home");
  return (
    <li data-board={board.id} className="card relative flex min-w-0 flex-col gap-3 p-5 hover:border-line-strong">
      <div className="flex items-start justify-between gap-3">
        <h3 className="min-w-0 font-semibold text-lg leading-snug">
          <a
            href={`/boards/${board.id}`}
            title={board.name}
            className="line-clamp-2 rounded-sm wrap-anywhere after:absolute after:inset-0"
          >
            <bdi>{board.name}</bdi>
          </a>
        </h3>
        {live && <LiveMark title={t("live.explanation")}>{t("live")}</LiveMark>}
      </div>
      <div className="mt-auto">
        {board.leader ? <Leader leader={board.leader} decimals={board.decimals} /> : <NoLeader total={board.total} />}
      </div>
      <p className="flex flex-wrap justify-between gap-x-3 border-line border-t pt-3 text-muted text-sm tabular-nums">
        <span>
          {t("players", { count: board.total })}
          {board.viewers > 0 && <> · {t("watching", { count: board.viewers })}</>}
          {board.stale && <> · {t("outdated")}</>}
        </span>
        {changed !== null && board.changedAt !== null && (
          <time dateTime={board.changedAt} suppressHydrationWarning>
            {changed}
          </time>
        )}
      </p>
    </li>
  );
});

function Leader({ leader, decimals }: { leader: Entry; decimals: number }) {
  const t = useTexts("home");
  return (
    <p className="flex min-h-7 items-center gap-2">
      <span
        aria-hidden="true"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-gold font-semibold text-on-medal text-sm"
      >
        1
      </span>
      <span className="sr-only">{t("leader")}</span>
      <bdi className="min-w-0 truncate font-medium" title={leader.name}>
        {leader.name}
      </bdi>
      <span className="ml-auto whitespace-nowrap pl-2 font-semibold tabular-nums">
        {createFormats(t.locale, decimals).score(leader.score)}
      </span>
    </p>
  );
}

function NoLeader({ total }: { total: number }) {
  const t = useTexts("home");
  return <p className="flex min-h-7 items-center text-muted">{total === 0 ? t("noScores") : "–"}</p>;
}

function LiveMark({ title, children }: { title: string; children: ReactNode }) {
  return (
    <span
      data-live
      title={title}
      className="inline-flex shrink-0 items-center gap-2 rounded-full bg-accent-soft px-2.5 py-0.5 font-semibold text-accent text-sm"
    >
      <span
        aria-hidden="true"
        className="relative size-2 rounded-full bg-current after:absolute after:inset-0 after:rounded-full after:bg-current after:opacity-0 motion-safe:after:animate-pulse-dot"
      />
      {children}
    </span>
  );
}
