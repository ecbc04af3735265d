import { withDeadline } from "@/db/client";
import { changeBoard, lockBoard } from "@/db/queries/boards";
import { insertOutboxRow, settleOutbox } from "@/db/queries/outbox";
import { hasStandings } from "@/db/queries/standings";
import { type Board, fixedOnceScored, type UpdateBoardInput } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import type { Context } from "./context";
import { followIndex } from "./follow-index";
import { refuseSharedSuffixes } from "./refuse-shared-suffixes";

/**
 * Changes a board's settings and tells every instance. Throws `board-not-found`, `board-not-empty` and, for hosts of
 * strangers, `invalid-request`.
 */
export async function updateBoard(context: Context, id: string, change: UpdateBoardInput): Promise<Board> {
  const { database, storageErrors } = context;
  refuseSharedSuffixes(change.embedHosts);
  const { board, outboxId } = await withDeadline(
    database.db.transaction(async (tx) => {
      const present = await lockBoard(tx, id);
      if (!present) throw new RungsError("board-not-found", `There is no board "${id}".`);
      const fixed = fixedOnceScored.filter(
        (field) => change[field] !== undefined && JSON.stringify(change[field]) !== JSON.stringify(present[field]),
      );
      if (fixed.length > 0 && (await hasStandings(tx, present.uid))) {
        throw new RungsError("board-not-empty", `A board with scores keeps its ${fixed.join(", ")}.`, {
          errors: fixed.map((field) => ({ pointer: `/${field}`, detail: "can only change while the board is empty" })),
        });
      }
      return { board: await changeBoard(tx, present.uid, change), outboxId: await insertOutboxRow(tx, present.uid) };
    }),
  );
  try {
    await followIndex(context, board, [], [], []);
    await withDeadline(settleOutbox(database.sql, [outboxId], []));
  } catch (error) {
    const consequence = "new settings not in the rank index yet; the outbox sweep retries";
    storageErrors.report({ component: "settings", board: id, error, consequence });
  }
  return board;
}
