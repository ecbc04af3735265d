import { type ReadPlayer, readPlayer } from "@/lib/leaderboard/read-player";
import { type LiveBoard, marked } from "@/lib/live/live-boards";
import type { Services } from "@/lib/services";

/** Where one player stands on a board that was just looked at. Throws `player-not-found`. */
export async function readStanding(
  services: Services,
  live: LiveBoard,
  player: string,
  around: number,
): Promise<ReadPlayer> {
  // What is known of the board changes with the next look.
  const known = { ...live };
  const found = marked(known, await readPlayer(services, known.board, player, around));
  if (found.stale) services.staleAnswers.given(known.board.id);
  return found;
}
