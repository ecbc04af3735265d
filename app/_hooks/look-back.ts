import { ask, isRefused, retryAfterOf } from "./ask";
import type { Shape } from "./shapes";

/** What came of asking for something that has been. */
export type LookedBack<T> =
  | { kind: "found"; data: T }
  /** The board has more than can be looked back over, or the moment is longer ago. */
  | { kind: "too-long" }
  | { kind: "gone" }
  /** Not now: the board's events are still being read, or no answer came. */
  | { kind: "waiting"; retryAfterMs: number | null };

/** Asks once; never rejects. `no-cache` asks the server whether what the browser keeps is still so. */
export async function lookBack<T>(url: string, shape: Shape<T>, cache: "default" | "no-cache"): Promise<LookedBack<T>> {
  const answer = await ask<T>(url, shape, { cache });
  if (answer.kind === "found") return { kind: "found", data: answer.data };
  if (isRefused(answer, "history-too-long")) return { kind: "too-long" };
  if (isRefused(answer, "board-not-found", "player-not-found")) return { kind: "gone" };
  return { kind: "waiting", retryAfterMs: retryAfterOf(answer) || null };
}
