import type { Metadata } from "next";
import { renderSVG } from "uqr";
import { StagePage } from "@/app/_components/stage/stage-page";
import { firstView } from "@/app/_server/first-view";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { getServices } from "@/lib/services";

type Props = PageProps<"/boards/[board]/stage">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { snapshot } = await firstView((await params).board);
  const t = await getTexts("stage");
  return { title: t("title", { board: snapshot.board.name }) };
}

export default async function Stage({ params }: Props) {
  const { board } = await params;
  const { env } = await getServices();
  const address = `${env.publicUrl}/boards/${board}`;
  const qr = `data:image/svg+xml,${encodeURIComponent(renderSVG(address, { border: 2 }))}`;
  return (
    <PageTexts groups={["board", "stage"]}>
      <StagePage boardId={board} {...(await firstView(board))} address={address} qr={qr} />
    </PageTexts>
  );
}
