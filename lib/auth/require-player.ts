import { RungsError } from "@/lib/domain/errors";
import { type PlayerTokens, playerTokenPrefix } from "./player-tokens";

/**
 * Lets a request through whose player token is in force, is this player's, and is good for the board.
 * Throws `unauthorized` or `forbidden`. Cookies and API keys play no part.
 */
export async function requirePlayer(
  services: { playerTokens: PlayerTokens },
  request: Request,
  player: string,
  boardId: string,
): Promise<void> {
  const header = request.headers.get("authorization");
  if (header === null) {
    throw new RungsError("unauthorized", `Send a player token: Authorization: Bearer ${playerTokenPrefix}...`);
  }
  // A header sent twice arrives joined by a comma, which the pattern does not match.
  const token = /^bearer +([\w.-]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new RungsError("unauthorized", "The Authorization header is not `Bearer <token>`.");
  const verified = await services.playerTokens.verify(token);
  if (!verified) throw new RungsError("unauthorized", "The player token is not valid, or has expired.");
  if (verified.player !== player) throw new RungsError("forbidden", "The token is another player's.");
  if (verified.boards && !verified.boards.includes(boardId)) {
    throw new RungsError("forbidden", "The token is not good for this board.");
  }
}
