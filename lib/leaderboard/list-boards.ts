import { withDeadline } from "@/db/client";
import { listBoards as findBoards } from "@/db/queries/boards";
import { type Board, type BoardView, boardView } from "@/lib/domain/board";
import type { BoardListQuery } from "@/lib/domain/board-list";
import { type BoardsFound, browseBoards, countPlayersOf } from "./browse-boards";
import type { Context } from "./context";

export interface ListedBoard extends BoardView {
  /** Players on the board. */
  total: number;
}

export interface BoardsInPart extends Omit<BoardsFound, "boards"> {
  boards: ListedBoard[];
}

/** All boards by name. */
export async function listBoards(context: Context): Promise<ListedBoard[]> {
  return countEach(context, await withDeadline(findBoards(context.database.db)));
}

/** One page of them. */
export async function listBoardsInPart(context: Context, query: BoardListQuery): Promise<BoardsInPart> {
  const found = await browseBoards(context, query);
  const boards = found.boards.map(({ board }) => board);
  return { ...found, boards: await countEach(context, boards) };
}

async function countEach(
  { database, index, storageErrors }: Context,
  boards: readonly Board[],
): Promise<ListedBoard[]> {
  const uids = boards.map(({ uid }) => uid);
  const states = await index.states(uids).catch((error: unknown) => {
    storageErrors.report({ component: "board list", error, consequence: "players counted by Postgres" });
    return new Map<number, { total: number }>();
  });
  const unknown = uids.filter((uid) => !states.has(uid));
  const counts = await countPlayersOf({ database }, unknown);
  return boards.map((board) => {
    return { ...boardView(board), total: states.get(board.uid)?.total ?? counts.get(board.uid) ?? 0 };
  });
}
