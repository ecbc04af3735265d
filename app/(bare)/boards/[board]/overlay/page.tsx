import type { Metadata } from "next";
import { z } from "zod";
import { OverlayPage } from "@/app/_components/stage/overlay-page";
import { firstView } from "@/app/_server/first-view";
import { PageTexts } from "@/app/_texts/page-texts";

type Props = PageProps<"/boards/[board]/overlay">;

const rowsMax = 50;

/** Of the address; what makes no sense is as if it was not said. */
const options = z.object({
  rows: z.coerce.number().int().min(1).max(rowsMax).catch(10),
  theme: z.enum(["light", "dark"]).catch("dark"),
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { snapshot } = await firstView((await params).board);
  return { title: snapshot.board.name };
}

export default async function Overlay({ params, searchParams }: Props) {
  const { board } = await params;
  return (
    <PageTexts groups={["board", "stage"]}>
      <OverlayPage boardId={board} {...(await firstView(board))} {...options.parse(await searchParams)} />
    </PageTexts>
  );
}
