import { notFound } from "next/navigation";
import { cache } from "react";
import { type BoardView, boardView } from "@/lib/domain/board";
import { isRungsError } from "@/lib/domain/errors";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { playerId } from "@/lib/domain/text";
import { encodePlayer } from "@/lib/domain/wire";
import { readStanding } from "@/lib/http/read-standing";
import { getServices } from "@/lib/services";

/** So many places on either side are shown. */
const around = 3;

/** A board's settings. Once per request; no such page where there is no such board. */
export const knownBoard = cache(async (boardId: string): Promise<BoardView> => {
  return orNotFound(async () => {
    const { liveBoards } = await getServices();
    return boardView((await liveBoards.get(boardId)).board);
  });
});

/** Where a player stands, as the API tells it. Once per request; no such page where there is no such player. */
export const firstStanding = cache(async (boardId: string, id: string): Promise<PlayerStanding> => {
  const player = playerId.safeParse(id);
  if (!player.success) notFound();
  return orNotFound(async () => {
    const services = await getServices();
    const live = await services.liveBoards.get(boardId);
    return JSON.parse(encodePlayer(await readStanding(services, live, player.data, around), live.board.decimals));
  });
});

async function orNotFound<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRungsError(error) && ["board-not-found", "player-not-found"].includes(error.code)) notFound();
    throw error;
  }
}
