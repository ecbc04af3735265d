import { withDeadline } from "@/db/client";
import { findByPrefix } from "@/db/queries/search";
import type { Board } from "@/lib/domain/board";
import { compareStandings, type Standing } from "@/lib/domain/ranking";
import { isIndexUnavailable } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";

export interface FoundPlayer extends Standing {
  /** Null where the rank index could not answer. */
  rank: number | null;
}

export const foundMax = 50;

/** How many of those that match are looked at: more could not be put in order within milliseconds. */
const candidatesMax = 100;

/**
 * Players whose id, name, or name from its second word on begins with `prefix`, whatever the case. Whoever is called just
 * that comes first, then the better standings, of the first hundred that match.
 */
export async function searchPlayers(
  context: Context,
  board: Board,
  prefix: string,
  limit: number,
): Promise<FoundPlayer[]> {
  const candidates = await withDeadline(findByPrefix(context.database.sql, board.uid, prefix, candidatesMax));
  const byStanding = compareStandings(board);
  const found = candidates
    .sort((a, b) => Number(b.exact) - Number(a.exact) || byStanding(a.standing, b.standing))
    .slice(0, limit)
    .map(({ standing }) => standing);
  if (found.length === 0) return [];
  const ranks = await ranksOf(context, board, found);
  return found.map((standing) => ({ ...standing, rank: ranks.get(standing.player)?.after ?? null }));
}

/** In one round trip: an `apply` without changes does nothing but report. */
async function ranksOf({ index, lag, storageErrors }: Context, board: Board, standings: readonly Standing[]) {
  try {
    const players = standings.map(({ player }) => player);
    const read = await index.apply(board, [], players);
    return read && !lag.isBehind(board.uid, read) ? read.moves : new Map();
  } catch (error) {
    if (!isIndexUnavailable(error)) throw error;
    storageErrors.report({ component: "player search", board: board.id, error, consequence: "ranks are null" });
    return new Map();
  }
}
