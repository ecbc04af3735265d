import type { Metadata } from "next";
import { pageSize } from "@/app/_components/board/paging";
import { BoardList, type ListedBoard } from "@/app/_components/site/board-list";
import { getTexts } from "@/app/_texts/get-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { getServices } from "@/lib/services";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("home");
  return { title: { absolute: t("title") } };
}

/** Leaders come from the views that viewers keep warm anyway; past so many boards the list goes without. */
const leadersMax = 24;

export default async function FrontPage() {
  const t = await getTexts("home");
  return (
    <div className="flex flex-col gap-10">
      <header className="max-w-2xl">
        <h1 className="font-bold text-4xl tracking-tight sm:text-5xl">{t("headline")}</h1>
        <p className="mt-4 text-lg text-muted">{t("lead")}</p>
      </header>
      <section aria-labelledby="boards">
        <h2 id="boards" className="mb-4 font-semibold text-xl">
          {t("boards")}
        </h2>
        <BoardList boards={await listBoards()} />
      </section>
    </div>
  );
}

async function listBoards(): Promise<ListedBoard[]> {
  const { boards, views } = await getServices();
  const listed = await boards.list();
  return Promise.all(
    listed.map(async (board, i) => {
      if (i >= leadersMax || board.total === 0) return { ...board, leader: null };
      const { text } = await views.read(board.id, { limit: pageSize, offset: 0 });
      const { entries, total }: Snapshot = JSON.parse(text);
      return { ...board, total, leader: entries[0]?.name ?? null };
    }),
  );
}
