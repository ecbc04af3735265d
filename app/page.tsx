import type { Metadata } from "next";
import { headers } from "next/headers";
import { createFormats } from "@/app/_components/board/formats";
import { pageSize } from "@/app/_components/board/paging";
import { preferredLocale } from "@/app/_components/locale";
import { BoardList, type ListedBoard } from "@/app/_components/site/board-list";
import type { Snapshot } from "@/lib/domain/snapshot";
import { getServices } from "@/lib/services";

export const metadata: Metadata = { title: { absolute: "Rungs: live leaderboards" } };

/** Leaders come from the views that viewers keep warm anyway; past so many boards the list goes without. */
const leadersMax = 24;

export default async function FrontPage() {
  const locale = preferredLocale((await headers()).get("accept-language"));
  return (
    <div className="flex flex-col gap-10">
      <header className="max-w-2xl">
        <h1 className="font-bold text-4xl tracking-tight sm:text-5xl">Every place counts.</h1>
        <p className="mt-4 text-lg text-muted">
          Rungs keeps leaderboards live: a game posts scores, and everyone watching sees the rows move. Open a board and
          leave it open; it keeps itself up to date.
        </p>
      </header>
      <section aria-labelledby="boards">
        <h2 id="boards" className="mb-4 font-semibold text-xl">
          Boards
        </h2>
        <BoardList boards={await listBoards()} whole={createFormats(locale, 0).whole} />
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
