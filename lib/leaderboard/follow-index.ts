import type { StoredStanding } from "@/db/queries/scores";
import type { LogStep } from "@/lib/domain/board-log";
import type { AppliedChanges, IndexBoard } from "@/lib/rank-index/rank-index";
import { auditIndexes } from "./audit-indexes";
import type { Context } from "./context";
import { indexVanished, rebuildIndex } from "./rebuild-index";

type Batch = [changes: readonly StoredStanding[], report: readonly string[], steps: readonly LogStep[]];

/**
 * Brings committed changes into the rank index, rebuilding it first when it was lost. Right after a rebuild the ranks
 * from before are unknown: null. Throws IndexUnavailableError; the outbox then keeps the work, and this instance serves
 * the board as stale until the index has caught up.
 */
export async function followIndex(context: Context, board: IndexBoard, ...batch: Batch): Promise<AppliedChanges> {
  const { uid } = board;
  try {
    const applied = (await applyVerified(context, board, batch)) ?? (await rebuildAndApply(context, uid, batch));
    context.onIndexChanged(uid, applied);
    return applied;
  } catch (error) {
    const [, , steps] = batch;
    for (const { through } of steps) context.lag.require(uid, through);
    if (steps.length > 0) context.onIndexBehind(uid);
    throw error;
  }
}

/** Null when there is no index of the board's history. */
async function applyVerified(context: Context, board: IndexBoard, batch: Batch): Promise<AppliedChanges | null> {
  const applied = await context.index.apply(board, ...batch);
  if (!applied?.late) return applied;
  // Somebody else applied it before, or the index is further because it has another history.
  const dropped = await auditIndexes(context, [board.uid]);
  return dropped.has(board.uid) ? null : applied;
}

async function rebuildAndApply(context: Context, uid: number, batch: Batch): Promise<AppliedChanges> {
  const present = await rebuildIndex(context, uid);
  const applied = await context.index.apply(present, ...batch);
  if (!applied) throw indexVanished(present);
  const moves = [...applied.moves].map(([player, move]) => [player, { ...move, before: null }] as const);
  return { ...applied, moves: new Map(moves) };
}
