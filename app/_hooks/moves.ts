import type { Entry } from "@/lib/domain/snapshot";

/** Places that a player gained (positive) or lost lately. */
export interface Move {
  places: number;
  /** Rank before the first of the moves that are counted together. */
  fromRank: number;
  until: number;
}

export type Moves = ReadonlyMap<string, Move>;

/** How long an arrow stays after the last move. */
export const moveShownMs = 30_000;

export const noMoves: Moves = new Map();

/** Adds what changed between two states; moves in quick succession count as one, and back again as none. */
export function trackMoves(moves: Moves, before: readonly Entry[], after: readonly Entry[], now: number): Moves {
  if (before === after) return moves;
  const ranks = new Map(before.map((entry) => [entry.player, entry.rank]));
  const next = new Map(moves);
  for (const { player, rank } of after) {
    const previousRank = ranks.get(player);
    if (previousRank === undefined || previousRank === rank) continue;
    const fromRank = moves.get(player)?.fromRank ?? previousRank;
    if (fromRank === rank) next.delete(player);
    else next.set(player, { places: fromRank - rank, fromRank, until: now + moveShownMs });
  }
  return next;
}

/** The moves still to be shown; the same object when none has run out. */
export function currentMoves(moves: Moves, now: number): Moves {
  const current = [...moves].filter(([, move]) => move.until > now);
  return current.length === moves.size ? moves : new Map(current);
}
