import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { LiveBoardPage } from "@/app/_components/board/live-board-page";
import { pageNumber, pageSize } from "@/app/_components/board/paging";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { isRungsError } from "@/lib/domain/errors";
import type { Snapshot } from "@/lib/domain/snapshot";
import { getServices } from "@/lib/services";

type Props = PageProps<"/boards/[board]">;

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { snapshot } = await readPage((await params).board, pageNumber((await searchParams).page));
  const { name } = snapshot.board;
  const t = await getTexts("board");
  return { title: name, description: t("description", { board: name }) };
}

export default async function BoardPage({ params, searchParams }: Props) {
  const { board } = await params;
  const page = pageNumber((await searchParams).page);
  const { snapshot, etag } = await readPage(board, page);
  const { env } = await getServices();
  return (
    <PageTexts groups={["board", "copy"]}>
      <LiveBoardPage
        key={`${board}/${page}`}
        boardId={board}
        page={page}
        snapshot={snapshot}
        etag={etag}
        origin={env.publicUrl}
      />
    </PageTexts>
  );
}

/** Once per request, for the page and its metadata. */
const readPage = cache(async (boardId: string, page: number): Promise<{ snapshot: Snapshot; etag: string }> => {
  try {
    const { views } = await getServices();
    const { text, etag } = await views.read(boardId, { limit: pageSize, offset: (page - 1) * pageSize });
    return { snapshot: JSON.parse(text), etag };
  } catch (error) {
    if (isRungsError(error) && error.code === "board-not-found") notFound();
    throw error;
  }
});
