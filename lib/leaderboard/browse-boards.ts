import { withDeadline } from "@/db/client";
import { type BoardOnList, countBoards, findBoardsInOrder } from "@/db/queries/board-list";
import type { BoardListCursor, BoardListQuery } from "@/lib/domain/board-list";
import type { Context } from "./context";

export interface BoardsFound {
  boards: BoardOnList[];
  /** Of all pages together. */
  total: number;
  /** Null on the last page. */
  next: BoardListCursor | null;
}

/** One page of the boards there are; those that change meanwhile come first when sorted by change, not twice. */
export async function browseBoards(
  { database: { sql } }: Pick<Context, "database">,
  query: BoardListQuery,
): Promise<BoardsFound> {
  const [found, total] = await withDeadline(
    Promise.all([findBoardsInOrder(sql, { ...query, limit: query.limit + 1 }), countBoards(sql, query)]),
  );
  const boards = found.slice(0, query.limit);
  return { boards, total, next: found.length > boards.length ? (boards.at(-1)?.cursor ?? null) : null };
}
