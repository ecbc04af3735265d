import type { Metadata } from "next";
import { PlayerPage } from "@/app/_components/player/player-page";
import { firstStanding, knownBoard } from "@/app/_server/first-standing";
import { getTexts } from "@/app/_texts/get-texts";

type Props = PageProps<"/boards/[board]/players/[player]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  // Next hands parameters to pages as they are in the address, and here unescaped already.
  const { board, player } = await params;
  const { entry } = await firstStanding(board, player);
  const names = { player: entry.name, board: (await knownBoard(board)).name };
  const t = await getTexts("player");
  return { title: t("title", names), description: t("description", names) };
}

/** Why a player stands where they stand. */
export default async function Player({ params }: Props) {
  const { board, player } = await params;
  const standing = await firstStanding(board, decodeURIComponent(player));
  return <PlayerPage key={`${board}/${player}`} standing={standing} />;
}
