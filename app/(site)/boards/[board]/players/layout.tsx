import { BoardProvider } from "@/app/_components/player/board-context";
import { knownBoard } from "@/app/_server/first-standing";
import { PageTexts } from "@/app/_texts/page-texts";

/** Knows the board for all below, so that where a player is unknown the board's others can be searched. */
export default async function PlayersLayout({ params, children }: LayoutProps<"/boards/[board]/players">) {
  const board = await knownBoard((await params).board);
  return (
    <PageTexts groups={["board", "chart", "player"]}>
      <BoardProvider board={board}>{children}</BoardProvider>
    </PageTexts>
  );
}
