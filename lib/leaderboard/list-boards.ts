import { withDeadline } from "@/db/client";
import { listBoards as findBoards } from "@/db/queries/boards";
import { countPlayers } from "@/db/queries/standings";
import { type BoardView, boardView } from "@/lib/domain/board";
import type { Context } from "./context";

export interface ListedBoard extends BoardView {
  /** Players on the board. */
  total: number;
}

/** All boards by name. */
export async function listBoards({ database, index }: Context): Promise<ListedBoard[]> {
  const boards = await withDeadline(findBoards(database.db));
  const uids = boards.map(({ uid }) => uid);
  const states = await index.states(uids).catch(() => new Map<number, { total: number }>());
  const unknown = uids.filter((uid) => !states.has(uid));
  const counts =
    unknown.length > 0 ? await withDeadline(countPlayers(database.sql, unknown)) : new Map<number, number>();
  return boards.map(({ seq: _seq, ...board }) => {
    return { ...boardView(board), total: states.get(board.uid)?.total ?? counts.get(board.uid) ?? 0 };
  });
}
