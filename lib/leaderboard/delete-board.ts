import { withDeadline } from "@/db/client";
import { lockBoard, removeBoard } from "@/db/queries/boards";
import { insertOutboxRow, settleOutbox } from "@/db/queries/outbox";
import { RungsError } from "@/lib/domain/errors";
import type { Context } from "./context";

/**
 * Removes a board for good: its id is free at once, and its scores are erased in the background, which may take minutes.
 * Throws `board-not-found`.
 */
export async function deleteBoard(context: Context, id: string): Promise<void> {
  const { database, index, storageErrors } = context;
  const { uid, outboxId } = await withDeadline(
    database.db.transaction(async (tx) => {
      const board = await lockBoard(tx, id);
      if (!board) throw new RungsError("board-not-found", `There is no board "${id}".`);
      await removeBoard(tx, board.uid);
      return { uid: board.uid, outboxId: await insertOutboxRow(tx, board.uid) };
    }),
  );
  context.onIndexChanged(uid, null);
  try {
    await index.drop(uid);
    await withDeadline(settleOutbox(database.sql, [outboxId], []));
  } catch (error) {
    const consequence = "rank index of a deleted board not removed; the outbox sweep retries";
    storageErrors.report({ component: "settings", board: id, error, consequence });
  }
}
