import type { Board, RankStyle } from "./board";
import { compareCodePoints } from "./code-points";
import { columnOrders, compareValues, type Values } from "./score";

/** Where a player stands, before ranks: what Postgres stores and the rank index holds. */
export interface Standing {
  player: string;
  name: string;
  values: Values;
  /** The board's sequence number at which the present values were reached; earlier ranks ahead. */
  reached: number;
}

/** A standing with its place. `rank` may be shared, `position` (1, 2, 3, ...) is unique. */
export interface RankedStanding extends Standing {
  rank: number;
  position: number;
}

/** The one total order of a board: values, then who reached them first, then player id by code point. */
export function compareStandings(board: Pick<Board, "order" | "tiebreaks">): (a: Standing, b: Standing) => number {
  const orders = columnOrders(board);
  return (a, b) =>
    compareValues(orders, a.values, b.values) || a.reached - b.reached || compareCodePoints(a.player, b.player);
}

/**
 * Gives ranks to standings that are already in order.
 * @param first position and rank of the first of them, so that a page can start anywhere.
 */
export function rankInOrder(
  style: RankStyle,
  ordered: readonly Standing[],
  first: { position: number; rank: number } = { position: 1, rank: 1 },
): RankedStanding[] {
  const ranked: RankedStanding[] = [];
  let previous: RankedStanding | undefined;
  for (const [i, standing] of ordered.entries()) {
    const position = first.position + i;
    const rank = previous ? nextRank(style, previous, standing, position) : first.rank;
    const { player, name, values, reached } = standing;
    // Member by member: V8 gives an object that is spread into another twice the memory.
    previous = { player, name, values, reached, rank, position };
    ranked.push(previous);
  }
  return ranked;
}

function nextRank(style: RankStyle, previous: RankedStanding, standing: Standing, position: number): number {
  if (style === "ordinal") return position;
  if (sameValues(previous.values, standing.values)) return previous.rank;
  return style === "dense" ? previous.rank + 1 : position;
}

export function sameValues(a: Values, b: Values): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
