import { withDeadline } from "@/db/client";
import { listBoards as findBoards } from "@/db/queries/boards";
import { countStandings } from "@/db/queries/standings";
import { type BoardView, boardView } from "@/lib/domain/board";
import type { Context } from "./context";

export interface ListedBoard extends BoardView {
  /** Players on the board. */
  total: number;
}

/** All boards by name. */
export async function listBoards({ database, index }: Context): Promise<ListedBoard[]> {
  const boards = await withDeadline(findBoards(database.db));
  const states = await index.states(boards.map((board) => board.uid)).catch(() => null);
  return Promise.all(
    boards.map(async ({ seq: _seq, ...board }) => ({
      ...boardView(board),
      total: states?.get(board.uid)?.total ?? (await withDeadline(countStandings(database.db, board.uid))),
    })),
  );
}
