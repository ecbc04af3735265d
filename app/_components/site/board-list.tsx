import { getTexts } from "@/app/_texts/get-texts";
import type { Texts } from "@/app/_texts/texts";
import type { BoardView } from "@/lib/domain/board";

export interface ListedBoard extends BoardView {
  /** How many players it has. */
  total: number;
  /** The leader's name; null when there is none or it is not known. */
  leader: string | null;
}

export async function BoardList({ boards }: { boards: readonly ListedBoard[] }) {
  const t = await getTexts("home");
  if (boards.length === 0) {
    const settings = (
      <a href="/settings" className="link">
        {t("settings")}
      </a>
    );
    return <div className="card p-8 text-muted">{t.rich("noBoards", { settings })}</div>;
  }
  return (
    <ul className="grid gap-4 sm:grid-cols-2">
      {boards.map((board) => (
        <li key={board.id} className="card relative flex flex-col gap-3 p-5 hover:border-line-strong">
          <h3 className="font-semibold text-lg leading-snug">
            <a href={`/boards/${board.id}`} className="after:absolute after:inset-0">
              <bdi>{board.name}</bdi>
            </a>
          </h3>
          <p className="mt-auto flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm tabular-nums">
            <span>{playersText(board.total, t)}</span>
            {board.leader !== null && (
              <span className="min-w-0 max-w-full truncate">
                {t.rich("ledBy", { leader: <Leader name={board.leader} /> })}
              </span>
            )}
            {board.delivery === "sse" && (
              <span className="ml-auto rounded-full bg-accent-soft px-2.5 py-0.5 font-medium text-accent text-xs">
                {t("streaming")}
              </span>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Leader({ name }: { name: string }) {
  return (
    <bdi className="font-medium text-ink" title={name}>
      {name}
    </bdi>
  );
}

function playersText(total: number, t: Texts<"home">): string {
  return total === 0 ? t("noScores") : t("players", { count: total });
}
