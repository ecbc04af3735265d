import { getTexts } from "@/app/_texts/get-texts";
import type { BoardView } from "@/lib/domain/board";
import { CreateBoardForm } from "./create-board-form";
import { Section } from "./section";

export async function BoardsSection({ boards }: { boards: readonly (BoardView & { total: number })[] }) {
  const t = await getTexts("settings");
  return (
    <Section id="boards" title={t("boards")}>
      {boards.length > 0 && (
        <ul className="card divide-y divide-line">
          {boards.map((board) => (
            <li key={board.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3.5">
              <div className="min-w-0">
                <p className="wrap-anywhere font-medium">
                  <bdi>{board.name}</bdi>
                </p>
                <p className="text-muted text-sm tabular-nums">
                  <span className="font-mono">{board.id}</span> · {t("players", { count: board.total })} ·{" "}
                  {t(`delivery.${board.delivery}`)}
                </p>
              </div>
              <div className="flex gap-2">
                <a href={`/boards/${board.id}`} className="button">
                  {t.rich("viewNamed", { name: <span className="sr-only">{board.name}</span> })}
                </a>
                <a href={`/settings/boards/${board.id}`} className="button">
                  {t.rich("editNamed", { name: <span className="sr-only">{board.name}</span> })}
                </a>
              </div>
            </li>
          ))}
        </ul>
      )}
      <details className="card group" open={boards.length === 0}>
        <summary className="rounded-xl px-5 py-3.5 font-medium text-accent">{t("newBoard")}</summary>
        <div className="border-line border-t p-5">
          <CreateBoardForm />
        </div>
      </details>
    </Section>
  );
}
