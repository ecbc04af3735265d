import { withDeadline } from "@/db/client";
import { insertBoard } from "@/db/queries/boards";
import type { Board, CreateBoardInput } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import type { Context } from "./context";
import { refuseSharedSuffixes } from "./refuse-shared-suffixes";

/** Throws `board-exists` when the id is taken, `invalid-request` for hosts of strangers. The index of the new board is built when it is first asked for. */
export async function createBoard({ database }: Pick<Context, "database">, input: CreateBoardInput): Promise<Board> {
  refuseSharedSuffixes(input.embedHosts);
  const board = await withDeadline(insertBoard(database.db, input));
  if (!board) throw new RungsError("board-exists", `There is a board "${input.id}" already.`);
  return board;
}
