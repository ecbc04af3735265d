import type { StoredStanding } from "@/db/queries/scores";
import type { AppliedChanges, IndexBoard, SequenceStep } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { rebuildIndex } from "./rebuild-index";

/**
 * Brings committed changes into the rank index, rebuilding it first when it was lost. Right after a rebuild the ranks
 * from before are unknown: null. Throws IndexUnavailableError; the outbox then keeps the work.
 */
export async function followIndex(
  context: Context,
  board: IndexBoard,
  changes: readonly StoredStanding[],
  report: readonly string[],
  steps: readonly SequenceStep[],
): Promise<AppliedChanges> {
  const applied = await context.index.apply(board, changes, report, steps);
  if (applied) return noted(context, board.uid, applied);
  const present = await rebuildIndex(context, board.uid);
  const again = await context.index.apply(present, changes, report, steps);
  if (!again) throw new Error(`the rank index of board ${board.uid} vanished right after it was rebuilt`);
  const moves = new Map([...again.moves].map(([player, move]) => [player, { ...move, before: null }]));
  return noted(context, board.uid, { ...again, moves });
}

function noted(context: Context, uid: number, applied: AppliedChanges): AppliedChanges {
  context.onIndexChanged(uid, applied);
  return applied;
}
