import { withDeadline } from "@/db/client";
import { listBoards as findBoards } from "@/db/queries/boards";
import { type BoardView, boardView } from "@/lib/domain/board";
import type { BoardListQuery } from "@/lib/domain/board-list";
import { type BoardsFound, browseBoards } from "./browse-boards";
import type { Context } from "./context";

export interface ListedBoard extends BoardView {
  /** Players on the board. */
  total: number;
}

export interface BoardsInPart extends Omit<BoardsFound, "boards"> {
  boards: ListedBoard[];
}

type Listing = Pick<Context, "database">;

/** All boards by name. */
export async function listBoards({ database }: Listing): Promise<ListedBoard[]> {
  const boards = await withDeadline(findBoards(database.db));
  return boards.map((board) => ({ ...boardView(board), total: board.players }));
}

/** One page of them. */
export async function listBoardsInPart(context: Listing, query: BoardListQuery): Promise<BoardsInPart> {
  const found = await browseBoards(context, query);
  const boards = found.boards.map(({ board, players }) => ({ ...boardView(board), total: players }));
  return { ...found, boards };
}
