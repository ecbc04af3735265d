import type { BoardView } from "@/lib/domain/board";
import type { PlayerEvent } from "@/lib/domain/history";

/** What a posted score did, as one of the texts `effect.…`. */
export type Effect =
  | "first"
  | "better"
  | "betterTiebreak"
  | "kept"
  | "keptOnTiebreaks"
  | "equal"
  | "replaced"
  | "same"
  | "added"
  | "addedNothing";

/**
 * Why a score counted or not, by the board's operator.
 * @param before the player's event before it; null for the first, undefined where it is not known
 */
export function effectOf(
  { operator }: Pick<BoardView, "operator">,
  event: PlayerEvent,
  before: PlayerEvent | null | undefined,
): Effect {
  if (before === null) return "first";
  if (operator === "incr") return event.applied ? "added" : "addedNothing";
  if (operator === "set") return event.applied ? "replaced" : "same";
  if (event.applied) return before?.after.score === event.score ? "betterTiebreak" : "better";
  if (event.after.score !== event.score) return "kept";
  return event.after.tiebreaks.every((value, i) => value === event.tiebreaks[i]) ? "equal" : "keptOnTiebreaks";
}
