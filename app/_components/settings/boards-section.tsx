import { ListPages } from "@/app/_components/site/list-pages";
import { getTexts } from "@/app/_texts/get-texts";
import type { BoardView } from "@/lib/domain/board";
import { CreateBoardForm } from "./create-board-form";
import { Section } from "./section";

interface BoardsSectionProps {
  boards: readonly (BoardView & { total: number })[];
  /** How many the search finds, on all pages together. */
  total: number;
  /** Whether these are all boards that there are. */
  isAll: boolean;
  q: string;
  after: string | null;
  next: string | null;
}

export async function BoardsSection({ boards, total, isAll, q, after, next }: BoardsSectionProps) {
  const t = await getTexts("settings");
  return (
    <Section id="boards" title={t("boards")}>
      {!isAll && (
        <search>
          <form className="flex max-w-md gap-2">
            <input
              type="search"
              name="q"
              defaultValue={q}
              maxLength={128}
              autoComplete="off"
              aria-label={t("boards.find")}
              placeholder={t("boards.find.hint")}
              className="input"
            />
            <button type="submit" className="button">
              {t("boards.search")}
            </button>
          </form>
          <p className="mt-2 text-muted text-sm">{t("boards.found", { count: total })}</p>
        </search>
      )}
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
      <ListPages
        path="/settings"
        q={q}
        after={after}
        next={next}
        texts={{ pages: t("boards.pages"), first: t("boards.first"), next: t("boards.next") }}
      />
      <details className="card group" open={isAll && boards.length === 0}>
        <summary className="rounded-xl px-5 py-3.5 font-medium text-accent">{t("newBoard")}</summary>
        <div className="border-line border-t p-5">
          <CreateBoardForm />
        </div>
      </details>
    </Section>
  );
}
