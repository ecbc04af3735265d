import type { Metadata } from "next";
import { BoardLinks } from "@/app/_components/board/board-links";
import { LiveBoardPage } from "@/app/_components/board/live-board-page";
import { pageOf, placeNumber } from "@/app/_components/board/paging";
import { NoScript } from "@/app/_components/site/no-script";
import { firstView } from "@/app/_server/first-view";
import { oembedLink } from "@/app/_server/oembed-link";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { getServices } from "@/lib/services";

type Props = PageProps<"/boards/[board]">;

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { snapshot } = await firstView((await params).board, pageOf(placeNumber((await searchParams).at)));
  const { id, name } = snapshot.board;
  const t = await getTexts("board");
  const url = await oembedLink(id);
  const oembed = url && { alternates: { types: { "application/json+oembed": [{ url, title: name }] } } };
  return { title: name, description: t("description", { board: name }), ...oembed };
}

export default async function BoardPage({ params, searchParams }: Props) {
  const { board } = await params;
  const page = pageOf(placeNumber((await searchParams).at));
  const { snapshot, etag } = await firstView(board, page);
  const { env } = await getServices();
  return (
    <PageTexts groups={["board", "tools", "copy"]}>
      <NoScript />
      <LiveBoardPage
        key={`${board}/${page}`}
        boardId={board}
        page={page}
        snapshot={snapshot}
        etag={etag}
        origin={env.publicUrl}
        links={<BoardLinks boardId={board} />}
      />
    </PageTexts>
  );
}
