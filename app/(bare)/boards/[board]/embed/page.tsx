import type { Metadata } from "next";
import { EmbedPage } from "@/app/_components/embed/embed-page";
import { firstView } from "@/app/_server/first-view";
import { PageTexts } from "@/app/_texts/page-texts";
import { embedOptions } from "@/lib/domain/embed-options";
import { getServices } from "@/lib/services";

type Props = PageProps<"/boards/[board]/embed">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { snapshot } = await firstView((await params).board);
  return { title: snapshot.board.name, robots: { index: false } };
}

/** Who may show it in a frame, proxy.ts says. */
export default async function Embed({ params, searchParams }: Props) {
  const { board } = await params;
  const { env } = await getServices();
  const options = embedOptions.parse(await searchParams);
  return (
    <PageTexts groups={["board", "embed"]}>
      <EmbedPage boardId={board} {...(await firstView(board))} {...options} origin={env.publicUrl} />
    </PageTexts>
  );
}
