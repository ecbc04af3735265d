import type { Metadata } from "next";
import { headers } from "next/headers";
import { RacePage } from "@/app/_components/race/race-page";
import { firstPast } from "@/app/_server/first-past";
import { firstView } from "@/app/_server/first-view";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { clientAddress } from "@/lib/auth/client-address";
import { admitted } from "@/lib/read-gate/read-gate";

type Props = PageProps<"/boards/[board]/race">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { snapshot } = await firstView((await params).board);
  const t = await getTexts("race");
  const { name } = snapshot.board;
  return { title: t("title", { board: name }), description: t("description", { board: name }) };
}

export default async function Race({ params, searchParams }: Props) {
  const { board } = await params;
  const view = await firstView(board);
  const first = await firstPast(board, await searchParams, admitted(clientAddress(await headers())));
  return (
    <PageTexts groups={["board", "chart", "race"]}>
      <RacePage key={board} boardId={board} {...view} first={first} />
    </PageTexts>
  );
}
