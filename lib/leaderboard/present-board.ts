import { type Database, withDeadline } from "@/db/client";
import { findBoard } from "@/db/queries/boards";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";

/** A board as Postgres has it now, past every cache. Throws `board-not-found`. */
export async function presentBoard({ database }: { database: Database }, id: string): Promise<Board> {
  const board = await withDeadline(findBoard(database.db, id));
  if (!board) throw new RungsError("board-not-found", `There is no board "${id}".`);
  return board;
}
