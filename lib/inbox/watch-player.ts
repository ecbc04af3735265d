import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { saveMarks } from "@/db/queries/inbox-marks";
import { readLogs } from "@/db/queries/outbox";
import { boardsOfPlayer, watchPlayer as insertWatch } from "@/db/queries/watched-players";
import { markOf } from "@/lib/domain/moments";
import type { Context } from "@/lib/leaderboard/context";
import { isIndexUnavailable } from "@/lib/rank-index/rank-index";
import { seePlayers } from "./see-players";

/** Boards on which a new watch begins at once; on any further ones it begins with the next change there. */
const markedAtOnceMax = 50;

/**
 * From now on what befalls the player on these boards (null: all) is kept in the inbox. Where the player stands now is
 * where the watch begins; a player watched already goes on from the last judgement.
 */
export async function watchPlayer(context: Context, player: string, boards: readonly string[] | null): Promise<void> {
  const { sql } = context.database;
  await withDeadline(insertWatch(sql, player, boards));
  const uids = await withDeadline(boardsOfPlayer(sql, player, boards, markedAtOnceMax));
  try {
    await Promise.all(uids.map((uid) => markNow(context, player, uid)));
  } catch (error) {
    if (!isIndexUnavailable(error)) throw error;
    const consequence = "watch begins when the rank index is available";
    context.storageErrors.report({ component: "inbox worker", error, consequence });
  }
}

async function markNow({ database, index }: Context, player: string, uid: number): Promise<void> {
  const board = await withDeadline(findBoardByUid(database.db, uid));
  const settled = (await withDeadline(readLogs(database.sql, [uid]))).get(uid)?.settled ?? 0;
  const state = (await index.states([uid])).get(uid);
  if (!board || !state) return;
  const sight = (await seePlayers(index, board, [player], { epoch: state.epoch, through: settled }))?.get(player);
  if (sight) await withDeadline(saveMarks(database.sql, uid, new Map([[player, markOf(board, sight)]]), true));
}
